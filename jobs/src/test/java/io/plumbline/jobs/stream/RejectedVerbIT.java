package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.redis.FeatureStore.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a live job has rejected, looked at and sent again with the verb {@code rejected}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RejectedVerbIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  private static final String TOPIC = "clicks";
  private static final String NAMESPACE = "rejecting";
  private static final byte[] NOT_UTF_8 = {'{', (byte) 0xff, 0, '}'};
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Servers servers;
  private static LiveRun run;

  /** When the log accepted the first record; the others came a second after another. */
  private static long start;

  @TempDir static Path folder;

  @BeforeAll
  static void rejectSome() throws Exception {
    servers = Servers.start(folder.resolve("servers"));
    Clicks.createTopic(servers, TOPIC);
    Path definitions = Clicks.write(folder.resolve("defs"), TOPIC, Clicks.EVER);
    run = new LiveRun(servers, NAMESPACE, LiveRun.Options.of(definitions));
    run.start(LiveRun.Mode.of(1, "hashmap"));
    start = System.currentTimeMillis() - 30_000;
    List<byte[]> records =
        List.of(
            utf8(Clicks.click("a", "u", start)),
            utf8(Clicks.click("a", "u", start)),
            utf8(Clicks.click("late", "u", start - 120_000)),
            utf8(Clicks.click("early", "u", start + 20_000)),
            NOT_UTF_8,
            utf8("{\"id\": \"b\", \"user_id\": 5, \"shop_id\": \"s\", \"at\": 1}"));
    for (int i = 0; i < records.size(); i++) {
      servers.send(TOPIC, 0, start + i * 1_000L, records.get(i));
    }
    servers.flush();
    Await.until(
        "all rejected records", () -> list().size() == records.size() - 1, () -> run.rejected());
  }

  @AfterAll
  static void stop() {
    run.close();
    servers.close();
  }

  @Test
  @Order(1)
  void showsEachWithItsReasonAndPlace() throws Exception {
    List<JsonNode> all = list();
    assertThat(all)
        .extracting(line -> line.path("offset").asInt() + " " + line.path("reason").asText())
        .containsExactlyInAnyOrder(
            "1 duplicate", "2 late", "3 future", "4 malformed", "5 malformed");
    assertThat(all)
        .allSatisfy(
            line -> {
              assertThat(line.path("topic").asText()).isEqualTo(TOPIC);
              assertThat(line.path("partition").asInt()).isZero();
              assertThat(Instant.parse(line.path("ingested_at").asText()).toEpochMilli())
                  .isEqualTo(start + line.path("offset").asLong() * 1_000);
            });
    JsonNode late = list("--reason", "late").get(0);
    assertThat(late.path("lateness_ms").asLong()).isEqualTo(122_000);
    assertThat(Instant.parse(late.path("event_time").asText()).toEpochMilli())
        .isEqualTo(start - 120_000);
    assertThat(late.path("payload").path("id").asText()).isEqualTo("late");
    assertThat(list("--from-offset", "5").get(0).path("detail").asText())
        .contains("user_id: expected string");
  }

  @Test
  @Order(2)
  void showsWhatIsAskedFor() throws Exception {
    assertThat(offsets("--reason", "late,future")).containsExactlyInAnyOrder(2, 3);
    assertThat(offsets("--from-offset", "2", "--to-offset", "4")).containsExactlyInAnyOrder(2, 3);
    assertThat(offsets("--since", time(3_000))).containsExactlyInAnyOrder(3, 4, 5);
    assertThat(offsets("--since", time(2_000), "--until", time(3_000))).containsExactly(2);
    assertThat(offsets("--partition", "0", "--reason", "malformed", "--limit", "1"))
        .containsExactly(5);
  }

  @Test
  @Order(3)
  void saysWhenThereIsNothing() throws Exception {
    for (String[] filter :
        new String[][] {{"--partition", "1"}, {"--from-offset", "6"}, {"--until", time(1_000)}}) {
      Verb verb = rejected(filter);
      assertThat(verb).isEqualTo(new Verb(1, "", ""));
    }
  }

  @Test
  @Order(4)
  void saysWhatIsWrongWithTheCall() throws Exception {
    assertThat(rejected("--reason", "old"))
        .isEqualTo(
            new Verb(
                2,
                "",
                "--reason old: write malformed, future, late or duplicate, comma-separated\n"));
    assertThat(rejected("--since", "yesterday").err())
        .isEqualTo("--since yesterday: write a time such as 2026-05-01T10:00:00Z\n");
    assertThat(rejected("--limit", "0").err()).isEqualTo("--limit is 0; write 1 or more\n");
    assertThat(rejected("--resend"))
        .isEqualTo(new Verb(2, "", "--resend needs --brokers, where to send to\n"));
  }

  @Test
  @Order(5)
  void sendsTheVeryBytesAgain() throws Exception {
    int before;
    try (TopicReader log = servers.reader(TOPIC)) {
      before = log.read().size();
      Verb verb = resend("--from-offset", "3", "--to-offset", "5");
      assertThat(verb.exit()).isZero();
      assertThat(verb.out().lines()).hasSize(2);
      assertThat(verb.err()).isEqualTo("sent 2 records to " + TOPIC + "\n");
      var records = log.read();
      assertThat(records).hasSize(before + 2);
      assertThat(records.get(before).value()).isEqualTo(records.get(3).value());
      assertThat(records.get(before + 1).value()).isEqualTo(NOT_UTF_8);
    }
    Await.until(
        "the click whose time has come",
        () -> clicks().equals(Optional.of(2L)),
        RejectedVerbIT::clicks);
    Await.until(
        "what is as malformed as it was",
        () -> offsets("--from-offset", Integer.toString(before)).equals(List.of(before + 1)));
  }

  @Test
  @Order(6)
  void sendsNothingWhereNothingIsFound() throws Exception {
    assertThat(resend("--partition", "7")).isEqualTo(new Verb(1, "", ""));
  }

  @Test
  @Order(7)
  void saysWhatItDoesNotSend() throws Exception {
    try (TopicReader log = servers.reader(TOPIC)) {
      int before = log.read().size();
      servers.send(TOPIC, 0, System.currentTimeMillis(), null);
      servers.flush();
      String from = Integer.toString(before);
      Await.until("the tombstone", () -> offsets("--from-offset", from).equals(List.of(before)));
      Verb verb = resend("--from-offset", from);
      assertThat(verb.exit()).isZero();
      assertThat(verb.err())
          .isEqualTo("1 records were not sent: they have no value, and would be no events\n");
      assertThat(log.read()).hasSize(before + 1);
    }
  }

  private static Optional<Object> clicks() {
    Optional<Stored> stored = run.store().read("user", "u");
    return stored.map(s -> s.values().get("clicks_ever:v1"));
  }

  private static String time(long sinceStart) {
    return Instant.ofEpochMilli(start + sinceStart).toString();
  }

  private static List<JsonNode> list(String... filter) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : rejected(filter).out().lines().toList()) {
      lines.add(json(line));
    }
    return lines;
  }

  private static JsonNode json(String line) throws IOException {
    return JSON.readTree(line);
  }

  private static List<Integer> offsets(String... filter) throws Exception {
    return list(filter).stream().map(line -> line.path("offset").asInt()).toList();
  }

  private static Verb resend(String... filter) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(filter));
    arguments.addAll(List.of("--resend", "--brokers", servers.kafka().bootstrap()));
    return rejected(arguments.toArray(String[]::new));
  }

  private static Verb rejected(String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("rejected", "--source", "click"));
    arguments.addAll(List.of("--redis", servers.redis().uri(), "--namespace", NAMESPACE));
    arguments.addAll(List.of(more));
    return Verb.call(arguments.toArray(String[]::new));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
