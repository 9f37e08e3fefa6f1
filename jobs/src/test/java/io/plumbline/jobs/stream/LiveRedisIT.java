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
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.runtime.minicluster.MiniCluster;
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
 * workers die, the job is stopped and started otherwise, and Redis loses everything. In the end
 * Redis holds, of every key, what a backfill over the same events says.
 */
class LiveRedisIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
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
              () -> loseWorker(cluster),
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
                loseWorker(cluster);
                servers.redis().restart();
              }));
      scene.compare(run);
    }
  }

  private static void loseWorker(MiniCluster cluster) throws Exception {
    cluster.terminateTaskManager(workersLost++).get(30, TimeUnit.SECONDS);
    cluster.startTaskManager();
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
        names.add("nobody");
        run.store().forEachKey(plan.entity(), names::add);
        String field = all.entity(plan.entity()).keys().get(0);
        for (GeneratedRecord record : log.records()) {
          key(record, field, names);
        }
      }
      return keys;
    }

    private static void key(GeneratedRecord record, String field, Set<String> names)
        throws IOException {
      try {
        JsonNode key = JSON.readTree(record.payload()).path(field);
        if (key.isTextual()) {
          names.add(key.asText());
        }
      } catch (JsonProcessingException e) {
        assertThat(record.kind().isMalformed()).isTrue();
      }
    }
  }
}
