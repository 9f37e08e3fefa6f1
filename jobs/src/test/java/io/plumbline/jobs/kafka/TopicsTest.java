package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.jobs.local.LocalKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsTest {
  private static final Schema SCHEMA = Avro.schema("{'name':'at','type':'long'}");

  @TempDir static Path dir;
  private static LocalKafka kafka;
  private static Topics topics;

  @BeforeAll
  static void start() throws Exception {
    kafka = LocalKafka.start(0, dir);
    try (Log log = Log.create(kafka, "clicks", 2, Log.APPEND_TIME)) {
      log.append(0, "one");
      log.append(1, "two");
      log.append(1, "three");
    }
    kafka.createTopic("views", 1, Map.of());
    topics = Topics.connect(KafkaSettings.of(kafka.bootstrap()));
  }

  @AfterAll
  static void stop() {
    topics.close();
    kafka.close();
  }

  @Test
  void countsPartitionsAndKnowsTheirOffsets() {
    assertThat(topics.check(source("clicks", new Source.IngestedAt.Log()))).isEqualTo(2);
    assertThat(topics.check(source("views", new Source.IngestedAt.Record()))).isEqualTo(1);
    assertThat(topics.partitions("views")).isEqualTo(1);
    assertThat(topics.beginningOffsets("clicks")).isEqualTo(Map.of(0, 0L, 1, 0L));
    assertThat(topics.endOffsets("clicks")).isEqualTo(Map.of(0, 1L, 1, 2L));
  }

  @Test
  void namesTheTopicThatWasMeant() {
    assertThatThrownBy(() -> topics.partitions("click"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no topic click on Kafka at " + kafka.bootstrap())
        .hasMessageContaining("did you mean 'clicks'? there are clicks, views");
  }

  @Test
  void insistsOnTheBrokersClockWhereASourceTrustsIt() {
    assertThatThrownBy(() -> topics.check(source("views", new Source.IngestedAt.Log())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("topic views on " + kafka.bootstrap())
        .hasMessageContaining("has message.timestamp.type=CreateTime")
        .hasMessageContaining("source s says 'ingested_at: log'")
        .hasMessageContaining("set message.timestamp.type=LogAppendTime on the topic");
  }

  @Test
  void doesNotWaitLongForABrokerThatIsNotThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      port = free.getLocalPort();
    }
    assertUnreachable("localhost:" + port);
  }

  @Test
  void doesNotWaitLongForAServerThatSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
      assertUnreachable("localhost:" + silent.getLocalPort());
    }
  }

  private static void assertUnreachable(String address) {
    long before = System.nanoTime();
    assertThatThrownBy(() -> Topics.connect(KafkaSettings.of(address), Duration.ofMillis(500)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Kafka at " + address + " did not answer within 0.5 s")
        .hasMessageContaining("security.protocol");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void saysWhatAnAddressLooksLike() {
    assertThatThrownBy(() -> Topics.connect(KafkaSettings.of("localhost")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot make a Kafka client for localhost")
        .hasMessageContaining("correct the address or the Kafka settings");
  }

  @Test
  void tellsWhoYouAreFromWhatYouMay() {
    KafkaProblems problems = new KafkaProblems("b:1", Duration.ofSeconds(1));
    assertThat(problems.explain(new SaslAuthenticationException("bad password"), "describe x"))
        .hasMessage(
            "Kafka at b:1 does not accept who we are (bad password); correct user, password or"
                + " certificates in the Kafka settings");
    assertThat(problems.explain(new TopicAuthorizationException("not you"), "describe x"))
        .hasMessage("Kafka at b:1 does not let us describe x (not you); grant it to this user");
  }

  @Test
  void sendsPayloadsAgain() {
    List<byte[]> payloads =
        List.of("{}".getBytes(StandardCharsets.UTF_8), "x".getBytes(StandardCharsets.UTF_8));
    try (Replay replay = Replay.connect(KafkaSettings.of(kafka.bootstrap()))) {
      assertThat(replay.send("views", payloads)).isEqualTo(2);
      assertThatThrownBy(() -> replay.send("vews", payloads))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is no topic vews on Kafka at " + kafka.bootstrap())
          .hasMessageContaining("did you mean 'views'?");
    }
    assertThat(topics.endOffsets("views")).isEqualTo(Map.of(0, 2L));
  }

  @Test
  void doesNotSendForEver() {
    try (Replay replay = Replay.connect(KafkaSettings.of("localhost:1"), Duration.ofMillis(300))) {
      assertThatThrownBy(() -> replay.send("views", List.of(new byte[1])))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Kafka at localhost:1 did not");
    }
  }

  private static Source source(String topic, Source.IngestedAt ingestedAt) {
    return new Source(
        "s", SCHEMA, topic, Source.Encoding.AVRO, "at", ingestedAt, 0, Optional.empty(), 0, 0);
  }
}
