package io.plumbline.jobs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.Replay;
import io.plumbline.jobs.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that wants to know who comes, and lets only one of two users in everywhere. */
class SecuredKafkaTest {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";

  private static final Map<String, String> BROKER =
      Map.of(
          "listener.security.protocol.map",
          "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
          "sasl.enabled.mechanisms",
          "PLAIN",
          "sasl.mechanism.inter.broker.protocol",
          "PLAIN",
          "listener.name.plaintext.plain.sasl.jaas.config",
          LOGIN.formatted("admin", "s3cret-a")
              + " user_admin=\"s3cret-a\" user_guest=\"s3cret-g\";",
          "authorizer.class.name",
          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "super.users",
          "User:admin;User:ANONYMOUS");

  @TempDir static Path dir;
  private static LocalKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    kafka = LocalKafka.start(0, dir, BROKER, login("admin", "s3cret-a"));
    kafka.createTopic("clicks", 1, Map.of());
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void theRightUserGetsIn() {
    KafkaSettings admin = as("admin", "s3cret-a");
    try (Topics topics = Topics.connect(admin);
        Replay replay = Replay.connect(admin)) {
      assertThat(topics.partitions("clicks")).isEqualTo(1);
      byte[] payload = "again".getBytes(StandardCharsets.UTF_8);
      List<Replay.Copy> copies = List.of(new Replay.Copy(new Replay.Position(0, 9), payload));
      assertThat(replay.send("clicks", copies)).isEqualTo(new Replay.Sent(1, 1));
    }
  }

  @Test
  void theWrongPasswordIsCalledThat() {
    assertThatThrownBy(() -> Topics.connect(as("admin", "s3cret-x")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Kafka at " + kafka.bootstrap() + " does not accept who we are")
        .hasMessageContaining("correct user, password or certificates")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aUserWithoutTheRightIsToldSo() {
    try (Topics topics = Topics.connect(as("guest", "s3cret-g"))) {
      assertThatThrownBy(() -> topics.partitions("clicks"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("does not let us describe topic clicks")
          .hasMessageContaining("grant it to this user");
    }
  }

  private static KafkaSettings as(String user, String password) {
    return new KafkaSettings(kafka.bootstrap(), login(user, password));
  }

  private static Map<String, String> login(String user, String password) {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        LOGIN.formatted(user, password) + ";");
  }
}
