package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.feature.TimelineMetrics;
import io.plumbline.jobs.kafka.Avro;
import io.plumbline.jobs.kafka.FakeRegistry;
import io.plumbline.jobs.pipeline.LiveAnswers;
import io.plumbline.jobs.redis.FeatureStore.Stored;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.WriterMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a live job does as time goes by: with little to read, with much, and with what is new. */
class LiveBehaviourIT {
  private static final InMemoryReporter METRICS = InMemoryReporter.create();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(METRICS.addToConfiguration(new Configuration()))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final int PARTITIONS = 3;
  private static final int WARM_UP = 10_000;
  private static final int BACKLOG = 20_000;
  private static final int USERS = 1_000;
  private static final int SHOPS = 50;

  /** How many times what the job can take. */
  private static final int BURST = 3;

  private static final Duration BURST_TIME = Duration.ofSeconds(10);

  /** Longer than a burst's events take, on a machine that does other things. */
  private static final Duration RECOVERY = Duration.ofMinutes(3);

  /** What is on its way at any moment. */
  private static final int FEW = 5_000;

  /** What waits in the log, for knowledge time, and for Redis. */
  private static final List<String> BACKLOGS = List.of("pendingRecords", WriterMetrics.BUFFERED);

  /** The log's disorder, and some time for watermarks and for a machine that does other things. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private static final String DEFINITIONS =
      """
      sources:
        - name: click
          schema: click.avsc
          topic: %s
          encoding: %s
          event_time: at
          ingested_at: log
          log_disorder: 200ms
          lateness: 1m
      entities:
        - name: user
          keys: [user_id]
        - name: shop
          keys: [shop_id]
      features:
        - name: clicks_3s
          version: 1
          entity: user
          source: click
          aggregate: count
          window: {sliding: 3s, every: 1s}
        - name: weight_ever
          version: 1
          entity: shop
          source: click
          aggregate: sum
          value: weight
          window: lifetime
      """;

  private static final String FIRST_FIELDS =
      "{'name':'user_id','type':'string'},{'name':'shop_id','type':'string'},"
          + "{'name':'at','type':'long'}";

  private static final Schema SCHEMA =
      Avro.schema(FIRST_FIELDS + ",{'name':'weight','type':'long','default':1}");

  private static Servers servers;

  @TempDir static Path folder;

  @BeforeAll
  static void startServers() throws IOException {
    servers = Servers.start(folder.resolve("servers"));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @Test
  void aValuePassesOnAnIdleTopicAndItsKeyIsForgotten() throws Exception {
    try (LiveRun run =
        new LiveRun(servers, "idle", define("idle", "json").tombstone(Duration.ofSeconds(2)))) {
      run.start(LiveRun.Mode.of(2, "rocksdb"));
      // All of it lies in one partition: the others are silent.
      servers.send("idle", 0, click("u", "s", System.currentTimeMillis()));
      servers.flush();
      Await.until(
          "the value", () -> value(run, "user", "u", "clicks_3s:v1").equals(Optional.of(1L)));
      Await.until(
          "a tombstone",
          () -> run.store().read("user", "u").map(s -> s.values().isEmpty()).orElse(false));
      Await.until("nothing", () -> run.store().read("user", "u").isEmpty());
      // Of what state still holds, a rewrite brings everything back.
      assertThat(value(run, "shop", "s", "weight_ever:v1")).contains(1L);
      run.redis().ask(commands -> commands.del("idle:shop:s"));
      RewriteSignal.request(run.redis());
      Await.until(
          "a rewrite", () -> value(run, "shop", "s", "weight_ever:v1").equals(Optional.of(1L)));
      run.awaitWritten(System.currentTimeMillis());
      assertThat(keys(run, "shop")).containsExactly("s");
      assertThat(keys(run, "user")).isEmpty();
      assertThat(writersOf("writes")).isEqualTo(Set.of("features", "progress", "rejected"));
    }
  }

  /** The groups, within that of Redis, that have a metric. */
  private static Set<String> writersOf(String name) {
    Set<String> groups = new TreeSet<>();
    METRICS
        .getMetricsByGroup()
        .forEach(
            (group, metrics) -> {
              List<String> scope = List.of(group.getScopeComponents());
              if (metrics.containsKey(name) && scope.contains("redis")) {
                groups.add(scope.get(scope.indexOf("redis") + 1));
              }
            });
    return groups;
  }

  @Test
  void anObservationThatComesTooLateIsToldSo() throws Exception {
    servers.kafka().createTopic("asked", 1, Map.of());
    try (LiveRun run = new LiveRun(servers, "late", define("late", "json").asking("asked"))) {
      run.start(LiveRun.Mode.of(1, "hashmap"));
      long clicked = System.currentTimeMillis();
      servers.send("late", 1, click("u", "s", clicked));
      servers.flush();
      run.awaitWritten(System.currentTimeMillis());
      servers.send("asked", 0, observation(0, clicked));
      servers.send("asked", 0, observation(1, System.currentTimeMillis() + 500));
      servers.flush();
      Await.until("both answers", () -> run.answered() == 2);
      List<JsonNode> answers = run.answers();
      JsonNode late = answers.get(0).path("row").asInt() == 0 ? answers.get(0) : answers.get(1);
      JsonNode inTime = answers.get(late == answers.get(0) ? 1 : 0);
      assertThat(late.path("too_late").asBoolean()).isTrue();
      assertThat(late.has("weight_ever")).isFalse();
      assertThat(inTime.has("too_late")).isFalse();
      assertThat(inTime.path("weight_ever").asLong()).isEqualTo(1);
      assertThat(counter(LiveAnswers.TOO_LATE_ANSWERS)).isEqualTo(1);
      assertThat(counter(LiveAnswers.ANSWERED)).isEqualTo(1);
    }
  }

  @Test
  void writersOfOlderAndNewerSchemasShareATopic() throws Exception {
    try (FakeRegistry registry = new FakeRegistry();
        LiveRun run =
            new LiveRun(
                servers,
                "evolving",
                define("evolving", "confluent-avro").registry(registry.settings()))) {
      Schema older = Avro.schema(FIRST_FIELDS);
      Schema newer =
          Avro.schema(
              "{'name':'colour','type':'string'},"
                  + FIRST_FIELDS
                  + ",{'name':'weight','type':'int'}");
      registry.put(7, older);
      run.start(LiveRun.Mode.of(2, "hashmap"));
      long now = System.currentTimeMillis();
      sendClick(0, Avro.confluent(7, Avro.record(older, "u", "s", now)));
      Await.until(
          "the first", () -> value(run, "shop", "s", "weight_ever:v1").equals(Optional.of(1L)));
      registry.put(8, newer);
      sendClick(0, Avro.confluent(8, Avro.record(newer, "red", "u", "s", now, 10)));
      sendClick(1, Avro.confluent(7, Avro.record(older, "u", "s", now)));
      sendClick(2, Avro.confluent(8, Avro.record(newer, "blue", "u", "s", now, 100)));
      Await.until(
          "the sum of all",
          () -> value(run, "shop", "s", "weight_ever:v1").equals(Optional.of(112L)),
          () -> value(run, "shop", "s", "weight_ever:v1"));
      assertThat(run.rejected()).containsEntry("click", Map.of());
    }
  }

  private static void sendClick(int partition, byte[] value) throws Exception {
    servers.send("evolving", partition, null, value);
    servers.flush();
  }

  @Test
  void aBurstArrivesAndFreshnessRecovers() throws Exception {
    LiveRun.Options options = define("burst", "json");
    try (LiveRun run = new LiveRun(servers, "burst", options);
        Load load = new Load(servers, "burst", PARTITIONS, LiveBehaviourIT::busyClick)) {
      run.start(LiveRun.Mode.of(2, "rocksdb"));
      drain(run, load, WARM_UP);
      double sustainable = drain(run, load, BACKLOG);
      double base = sustainable / 4;
      load.offer(base, Duration.ofSeconds(2));
      load.offer(BURST * sustainable, BURST_TIME);
      System.out.printf(
          "burst: %,.0f events/s are sustainable; after the burst %,d of %,d had arrived%n",
          sustainable, sum(arrived(run)), load.sent());
      long deadline = System.nanoTime() + RECOVERY.toNanos();
      do {
        assertThat(System.nanoTime()).as(() -> "not fresh: " + state(run)).isLessThan(deadline);
        load.offer(base, Duration.ofMillis(200));
      } while (!isFresh(run));
      Map<String, Long> sent = new TreeMap<>();
      for (long i = 0; i < load.sent(); i++) {
        sent.merge("s" + i % SHOPS, 1L, Long::sum);
      }
      Await.until("every event", () -> arrived(run).equals(sent), () -> state(run));
      List<String> users = names("u", USERS);
      Await.until(
          "the last three seconds to pass",
          () ->
              run.store().readAll("user", users).stream()
                  .allMatch(user -> user.isEmpty() || user.get().values().isEmpty()));
      assertThat(counter(TimelineMetrics.UNSETTLED)).isZero();
      assertThat(run.rejected()).containsEntry("click", Map.of());
    }
  }

  private static String busyClick(long number) {
    return click("u" + number % USERS, "s" + number % SHOPS, System.currentTimeMillis());
  }

  /** Sends events at once, and returns how many a second arrived until all had. */
  private static double drain(LiveRun run, Load load, long events) throws Exception {
    long start = System.nanoTime();
    load.send(events);
    Await.until("a backlog", () -> sum(arrived(run)) == load.sent(), () -> state(run));
    return events / ((System.nanoTime() - start) / 1e9);
  }

  /** Nothing waits in the log or for Redis, and knowledge time is where it was. */
  private static boolean isFresh(LiveRun run) {
    return BACKLOGS.stream().allMatch(backlog -> gauge(backlog) < FEW)
        && System.currentTimeMillis() - run.progress() < FRESH.toMillis();
  }

  private static String state(LiveRun run) {
    return BACKLOGS.stream().map(backlog -> backlog + " " + gauge(backlog)).toList()
        + ", behind by "
        + (System.currentTimeMillis() - run.progress())
        + " ms, arrived "
        + sum(arrived(run));
  }

  /** How many events are in the sum of each shop. */
  private static Map<String, Long> arrived(LiveRun run) {
    Map<String, Long> arrived = new TreeMap<>();
    List<String> shops = names("s", SHOPS);
    List<Optional<Stored>> stored = run.store().readAll("shop", shops);
    for (int i = 0; i < SHOPS; i++) {
      String shop = shops.get(i);
      stored.get(i).ifPresent(s -> arrived.put(shop, (Long) s.values().get("weight_ever:v1")));
    }
    return arrived;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<String> names(String letter, int count) {
    return IntStream.range(0, count).mapToObj(i -> letter + i).toList();
  }

  /** Writes definitions over a topic, and creates it. */
  private static LiveRun.Options define(String topic, String encoding) throws IOException {
    Path definitions = Files.createDirectories(folder.resolve("defs-" + topic));
    Files.writeString(definitions.resolve("click.avsc"), SCHEMA.toString());
    Files.writeString(definitions.resolve("clicks.yaml"), DEFINITIONS.formatted(topic, encoding));
    servers.kafka().createTopic(topic, PARTITIONS, Servers.APPEND_TIME);
    return LiveRun.Options.of(definitions);
  }

  private static String click(String user, String shop, long at) {
    return String.format("{\"user_id\": \"%s\", \"shop_id\": \"%s\", \"at\": %d}", user, shop, at);
  }

  private static String observation(int row, long at) {
    return String.format(
        "{\"row\": %d, \"at\": %d, \"user_id\": \"u\", \"shop_id\": \"s\"}", row, at);
  }

  private static Optional<Object> value(LiveRun run, String entity, String key, String feature) {
    Optional<Stored> stored = run.store().read(entity, key);
    return stored.map(s -> s.values().get(feature));
  }

  /** A counter of all the tasks that run. */
  private static long counter(String name) {
    return METRICS.getMetricsByGroup().values().stream()
        .filter(metrics -> metrics.containsKey(name))
        .mapToLong(metrics -> ((Counter) metrics.get(name)).getCount())
        .sum();
  }

  /** A gauge's sum over all the tasks that run. */
  private static long gauge(String name) {
    return METRICS.getMetricsByGroup().values().stream()
        .filter(metrics -> metrics.containsKey(name))
        .mapToLong(metrics -> ((Number) ((Gauge<?>) metrics.get(name)).getValue()).longValue())
        .sum();
  }

  private static Set<String> keys(LiveRun run, String entity) {
    Set<String> keys = new TreeSet<>();
    run.store().forEachKey(entity, keys::add);
    return keys;
  }
}
