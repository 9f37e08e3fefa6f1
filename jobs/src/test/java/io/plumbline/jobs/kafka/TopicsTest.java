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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
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
  void sendsRecordsAgainWithTheirKeysAndHeaders() throws Exception {
    try (Log log = Log.of(kafka, "views");
        Replay replay = Replay.connect(KafkaSettings.of(kafka.bootstrap()))) {
      Headers headers = new RecordHeaders().add("trace", bytes("abc"));
      for (String value : List.of("first", "second")) {
        log.producer()
            .send(new ProducerRecord<>("views", 0, bytes("ann"), bytes(value), headers))
            .get(10, TimeUnit.SECONDS);
      }
      List<Replay.Copy> copies =
          List.of(
              new Replay.Copy(new Replay.Position(0, 1), bytes("second")),
              new Replay.Copy(new Replay.Position(0, 77), bytes("gone")),
              new Replay.Copy(new Replay.Position(0, 0), bytes("first")));
      assertThat(replay.send("views", copies)).isEqualTo(new Replay.Sent(3, 1));
      assertThatThrownBy(() -> replay.send("vews", copies))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is no topic vews on Kafka at " + kafka.bootstrap())
          .hasMessageContaining("did you mean 'views'?");
    }
    assertThat(again()).containsExactly("ann second abc", "null gone null", "ann first abc");
  }

  /** Key, value and header of what was sent again: not the two records that were there before. */
  private static List<String> again() {
    List<String> found = new ArrayList<>();
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrap());
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = List.of(new TopicPartition("views", 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int seen = 0; seen < 5; ) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(10))) {
          seen++;
          if (record.offset() >= 2) {
            Header trace = record.headers().lastHeader("trace");
            String text = trace == null ? null : new String(trace.value(), StandardCharsets.UTF_8);
            found.add(record.key() + " " + record.value() + " " + text);
          }
        }
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void doesNotSendForEver() {
    try (Replay replay = Replay.connect(KafkaSettings.of("localhost:1"), Duration.ofMillis(300))) {
      assertThatThrownBy(
              () ->
                  replay.send(
                      "views", List.of(new Replay.Copy(new Replay.Position(0, 0), new byte[1]))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Kafka at localhost:1 did not");
    }
  }

  private static Source source(String topic, Source.IngestedAt ingestedAt) {
    return new Source(
        "s", SCHEMA, topic, Source.Encoding.AVRO, "at", ingestedAt, 0, Optional.empty(), 0, 0);
  }
}
