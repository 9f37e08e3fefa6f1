package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.backfill.Payments;
import io.plumbline.jobs.conformance.ConformanceCase;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.metrics.MetricNames;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hours of events that wait in the log, then live ones, with all that goes wrong in logs, while
 * workers die, the job is stopped, drained and started otherwise, and Redis loses everything. In
 * the end Redis holds, of every key, what a backfill over the same events says, and the naive
 * reference.
 */
class LiveRedisIT {
  private static final int WORKERS = 2;

  private static final InMemoryReporter METRICS = InMemoryReporter.create();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(METRICS.addToConfiguration(new Configuration()))
              .setNumberTaskManagers(WORKERS)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final int PARTITIONS = 3;
  private static final Duration HISTORY = Duration.ofHours(3);
  private static final Duration LIVE = Duration.ofSeconds(8);

  /** The generator's second, and some more for a machine that has other things to do. */
  private static final Duration DISORDER = Duration.ofSeconds(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Servers servers;

  /** Also the number of the oldest worker that is alive. */
  private static int workersLost;

  @TempDir static Path folder;

  /** Something that happens to a job while events come. */
  private interface Incident {
    void happen() throws Exception;
  }

  @BeforeAll
  static void startServers() throws IOException {
    servers = Servers.start(folder.resolve("servers"));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @Test
  void paymentsWhereRedisIsEmptiedAndTheJobMovesToRocksDb(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    Scene scene = new Scene("payments", 11);
    try (LiveRun run = scene.run()) {
      run.start(LiveRun.Mode.of(1, "hashmap"));
      scene.play(
          List.of(
              () -> loseWorkers(cluster, run),
              () -> servers.redis().restart(),
              () -> {
                String savepoint = run.stop(folder);
                run.start(LiveRun.Mode.of(2, "rocksdb").from(savepoint));
              }));
      scene.compare(run);
    }
  }

  @Test
  void webWhereRedisIsAwayAndTheJobMovesToTheHeap(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    Scene scene = new Scene("web", 12);
    try (LiveRun run = scene.run()) {
      run.start(LiveRun.Mode.of(2, "rocksdb"));
      scene.play(
          List.of(
              () -> {
                String savepoint = run.stop(folder);
                run.start(LiveRun.Mode.of(1, "hashmap").from(savepoint));
              },
              () -> servers.redis().kill(),
              () -> {
                loseWorkers(cluster, run);
                servers.redis().restart();
              }));
      scene.compare(run);
    }
  }

  @Test
  void mediaWhereTheJobIsDrainedAndGoesOn(@InjectMiniCluster MiniCluster cluster) throws Exception {
    Scene scene = new Scene("media", 13);
    try (LiveRun run = scene.run()) {
      run.start(LiveRun.Mode.of(2, "hashmap"));
      scene.play(
          List.of(
              () -> {
                String savepoint = run.stop(folder, LiveRun.Ending.DRAIN);
                run.start(LiveRun.Mode.of(1, "rocksdb").from(savepoint));
              },
              () -> loseWorkers(cluster, run)));
      run.awaitWritten(scene.log.last());
      run.stop(folder, LiveRun.Ending.DRAIN);
      scene.compare(run);
    }
  }

  /** All of them at once, whichever the job runs on, and as many new ones. */
  private static void loseWorkers(MiniCluster cluster, LiveRun run) throws Exception {
    long before = restarts(run);
    for (int worker = 0; worker < WORKERS; worker++) {
      cluster.terminateTaskManager(workersLost++).get(60, TimeUnit.SECONDS);
    }
    for (int worker = 0; worker < WORKERS; worker++) {
      cluster.startTaskManager();
    }
    Await.until("the job to start again", () -> restarts(run) > before);
  }

  private static long restarts(LiveRun run) {
    return METRICS.findJobMetricGroups(run.jobId(), MetricNames.NUM_RESTARTS).stream()
        .mapToLong(metric -> ((Number) ((Gauge<?>) metric.f2).getValue()).longValue())
        .max()
        .orElseThrow();
  }

  /** One set's events, from long ago until some seconds from now. */
  private static final class Scene {
    private final String set;
    private final long seed;
    private final Path definitions;
    private final SentLog log;
    private final EventGenerator live;

    Scene(String set, long seed) throws Exception {
      this.set = set;
      this.seed = seed;
      definitions =
          LiveDefinitions.copy(
              Path.of("../feature-defs/sets", set),
              folder.resolve(set).resolve("defs"),
              set + "-",
              DISORDER);
      log = new SentLog(servers, DefinitionLoader.load(definitions).sources(), PARTITIONS);
      long now = System.currentTimeMillis();
      EventGenerator past = events(seed, now - HISTORY.toMillis(), now, 0.5);
      while (past.hasNext()) {
        GeneratedRecord record = past.next();
        if (record.ingestedAt() < now) {
          log.send(record);
        }
      }
      servers.flush();
      live = events(seed + 1000, System.currentTimeMillis(), Long.MAX_VALUE, 200);
    }

    private EventGenerator events(long own, long from, long to, double rate) {
      return EventGenerator.of(
          set,
          GeneratorOptions.defaults()
              .withSeed(own)
              .withSchedule(new GeneratorOptions.Schedule(from, to, Long.MAX_VALUE, rate, 0, 0))
              .withKeys(new GeneratorOptions.Keys(400, 1, PARTITIONS)));
    }

    LiveRun run() {
      return new LiveRun(servers, set, LiveRun.Options.of(definitions));
    }

    /** Sends events as the clock goes on, while incidents happen at random moments. */
    void play(List<Incident> incidents) throws Exception {
      Random random = new Random(seed);
      Thread feed = new Thread(this::feed, "feed");
      feed.start();
      long step = LIVE.toMillis() / incidents.size();
      for (Incident incident : incidents) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(step)));
        incident.happen();
      }
      feed.join();
      servers.flush();
    }

    private void feed() {
      long end = System.currentTimeMillis() + LIVE.toMillis();
      while (true) {
        GeneratedRecord record = live.next();
        while (System.currentTimeMillis() < record.ingestedAt()) {
          LockSupport.parkUntil(record.ingestedAt());
        }
        if (System.currentTimeMillis() >= end) {
          return;
        }
        log.send(record);
      }
    }

    void compare(LiveRun run) throws Exception {
      run.awaitWritten(log.last());
      RedisParity parity = new RedisParity(run, keys(run));
      Path lake = log.importInto(folder.resolve(set).resolve("lake"), definitions, folder);
      Path observations = folder.resolve(set).resolve("observations.jsonl");
      Files.write(observations, parity.observations());
      var result =
          Payments.backfill(
              definitions,
              lake,
              observations,
              folder.resolve(set).resolve("out"),
              BackfillRequest.Scope.ALL,
              RuntimeExecutionMode.BATCH,
              1,
              TableFormat.JSON_LINES);
      assertThat(parity.differences(ConformanceCase.rows(result.snapshot()))).isEmpty();
      NaiveReference naive = new NaiveReference(run.plans().definitions(), log.lines());
      assertThat(parity.differences(naive)).isEmpty();
      assertThat(parity.values()).isGreaterThan(1_000);
      assertThat(parity.empty()).isPositive();
      assertThat(result.manifest().rejected().values())
          .allSatisfy(reasons -> assertThat(reasons).containsKeys("late", "duplicate"));
    }

    /** Every key that any event names, and what else Redis has. */
    private Map<String, Set<String>> keys(LiveRun run) throws IOException {
      Definitions all = run.plans().definitions();
      Map<String, Set<String>> keys = new TreeMap<>();
      for (var plan : run.plans().entities()) {
        Set<String> names = keys.computeIfAbsent(plan.entity(), e -> new TreeSet<>());
        List<String> fields = all.entity(plan.entity()).keys();
        names.add(EntityKey.of(Collections.nCopies(fields.size(), "nobody").toArray()));
        run.store().forEachKey(plan.entity(), names::add);
        for (GeneratedRecord record : log.records()) {
          key(record, fields, names);
        }
      }
      return keys;
    }

    private static void key(GeneratedRecord record, List<String> fields, Set<String> names)
        throws IOException {
      try {
        JsonNode event = JSON.readTree(record.payload());
        String key = EntityKey.of(fields.stream().map(f -> event.path(f).textValue()).toArray());
        if (key != null) {
          names.add(key);
        }
      } catch (JsonProcessingException e) {
        assertThat(record.kind().isMalformed()).isTrue();
      }
    }
  }
}
