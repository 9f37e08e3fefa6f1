package io.plumbline.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.UserError;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.archive.Archive;
import io.plumbline.jobs.archive.ArchiveRequest;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.local.JobMetrics;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.local.SourceTopics;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.pipeline.LiveAnswers;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.stream.KafkaLogs;
import io.plumbline.jobs.stream.Stream;
import io.plumbline.jobs.stream.StreamPlan;
import io.plumbline.jobs.stream.StreamRequest;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job on one machine: live payments, with everything that goes wrong in real logs, through
 * Kafka into Redis and into a lake; observations answered live; then a training table made of the
 * lake, and every answer and a sample of what Redis held compared with it.
 */
public final class Demo {
  private static final String SET = "payments";
  private static final String OBSERVATIONS = "observations";
  private static final String ANSWERS = "answers";
  private static final int PARTITIONS = 4;
  private static final int KEYS_COMPARED = 100;
  private static final int DIFFERENCES_SHOWN = 10;
  private static final long FIRST_REDIS_ROW = 1_000_000_000L;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A machine that runs all of this may be slow to send one. */
  private static final Duration OBSERVATION_DELAY = Duration.ofSeconds(2);

  /**
   * The simulated log is older than the demo, so that some of its events are late from the start.
   */
  private static final Duration BEFORE = Duration.ofMinutes(4);

  private static final Duration ROLL_INTERVAL = Duration.ofSeconds(3);

  /**
   * How to run.
   *
   * @param seconds for which events are fed
   * @param rate events a second
   * @param keep whether everything goes on running in the end
   */
  public record Options(int seconds, int rate, Keep keep) {}

  /** What becomes of the servers and the job in the end. */
  public enum Keep {
    NOTHING,
    RUNNING
  }

  private final Path definitions;
  private final Path folder;
  private final Options options;
  private final IntFunction<StreamExecutionEnvironment> live;
  private final Supplier<StreamExecutionEnvironment> batch;
  private final PrintWriter out;

  /**
   * @param sets folder of the shipped sets
   * @param folder for all that the demo makes
   * @param live an environment for the live job, with Flink's web UI at a port
   * @param batch an environment for the backfill
   * @param out says what happens
   */
  public Demo(
      Path sets,
      Path folder,
      Options options,
      IntFunction<StreamExecutionEnvironment> live,
      Supplier<StreamExecutionEnvironment> batch,
      PrintWriter out) {
    this.definitions = sets.resolve(SET);
    this.folder = folder;
    this.options = options;
    this.live = live;
    this.batch = batch;
    this.out = out;
  }

  /**
   * Runs it.
   *
   * @return whether everything compared was equal
   * @throws UserError if the folder cannot be written
   */
  public boolean run() {
    Definitions loaded = DefinitionLoader.load(definitions);
    try (LocalKafka kafka = LocalKafka.start(0, folder.resolve("kafka"));
        LocalRedis redis = LocalRedis.in(folder.resolve("redis")).start()) {
      Map<String, String> topics = new HashMap<>();
      for (Source source : loaded.sources()) {
        kafka.createTopic(source.topic(), PARTITIONS, SourceTopics.settings(source));
        topics.put(source.name(), source.topic());
      }
      kafka.createTopic(OBSERVATIONS, 1, Map.of());
      kafka.createTopic(ANSWERS, 1, Map.of());
      say("kafka        %s, redis %s", kafka.bootstrap(), redis.uri());
      int port = LocalRedis.freePort();
      StreamExecutionEnvironment env = live.apply(port);
      StreamPlan plan = define(kafka, redis, env);
      JobClient job = env.executeAsync("demo");
      say(
          "live job     %d features of %d entities; web UI http://localhost:%d",
          plan.set().plans().features().size(), plan.set().plans().entities().size(), port);
      JobMetrics metrics = new JobMetrics("http://localhost:" + port, job.getJobID().toString());
      boolean equal = follow(kafka, redis, plan, topics, metrics);
      if (options.keep == Keep.RUNNING) {
        say("running      until stopped with Ctrl-C");
        job.getJobExecutionResult().join();
      }
      job.cancel().join();
      return equal;
    } catch (IOException e) {
      throw UserError.invalid("cannot write to " + folder + ": " + e, e);
    } catch (Exception e) {
      throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
  }

  private StreamPlan define(LocalKafka kafka, LocalRedis redis, StreamExecutionEnvironment env) {
    KafkaLogs logs =
        new KafkaLogs(
            KafkaSettings.of(kafka.bootstrap()),
            RegistrySettings.none(),
            new LogStart.Earliest(),
            "demo");
    StreamPlan plan =
        Stream.define(
            new StreamRequest(
                "demo",
                definitions,
                logs,
                WriterOptions.of(RedisSettings.at(redis.uri()), 1),
                10_000,
                Optional.of(
                    new StreamRequest.Asking(
                        OBSERVATIONS,
                        ANSWERS,
                        ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
                        OBSERVATION_DELAY.toMillis()))),
            env);
    Archive.define(
        new ArchiveRequest(
            definitions,
            Set.of(),
            lake(),
            ArchiveRequest.ROLL_BYTES,
            ROLL_INTERVAL,
            Duration.ofSeconds(1)),
        env,
        logs);
    return plan;
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private boolean follow(
      LocalKafka kafka,
      LocalRedis redis,
      StreamPlan plan,
      Map<String, String> topics,
      JobMetrics metrics)
      throws IOException {
    try (RedisConnection connection = RedisConnection.open(RedisSettings.at(redis.uri()));
        Answers answers = new Answers(kafka.bootstrap(), ANSWERS);
        LiveFeed feed = new LiveFeed(kafka.bootstrap(), events(), topics, OBSERVATIONS, 100)) {
      FeatureStore store = new FeatureStore(connection, plan.set().plans().definitions());
      Board board = new Board(plan, connection, store, feed, answers, out);
      feed.start();
      long end = System.nanoTime() + Duration.ofSeconds(options.seconds).toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(Board.EVERY.toNanos());
        board.show();
      }
      feed.stop();
      say("feed         stopped; waiting for the last answers and for the archive");
      await(
          "every observation to be answered",
          () -> answers.rows().size() >= feed.observations().size());
      board.show();
      summary(metrics, feed);
      return compare(plan, store, feed, answers);
    }
  }

  private EventGenerator events() {
    GeneratorOptions defaults = GeneratorOptions.defaults();
    return EventGenerator.of(
        SET,
        defaults
            .withSchedule(
                new GeneratorOptions.Schedule(
                    System.currentTimeMillis() - BEFORE.toMillis(), Long.MAX_VALUE, options.rate))
            .withKeys(new GeneratorOptions.Keys(200, 1, PARTITIONS)));
  }

  private void summary(JobMetrics metrics, LiveFeed feed) {
    say(
        "log          %,d records sent, %,d updates to Redis, %,d writes",
        feed.sent().values().stream().mapToLong(Long::longValue).sum(),
        (long) metrics.sum("redis.features.updates"),
        (long) metrics.sum("redis.features.writes"));
    say(
        "freshness    from the log to Redis: %.0f ms for half of all updates, %.0f ms for 99 %%",
        metrics.max("redis.features.freshness-ms_median").orElse(Double.NaN),
        metrics.max("redis.features.freshness-ms_p99").orElse(Double.NaN));
  }

  private boolean compare(StreamPlan plan, FeatureStore store, LiveFeed feed, Answers answers)
      throws IOException {
    Parity parity = new Parity(plan.set().plans(), FIRST_REDIS_ROW);
    for (var entity : plan.set().plans().entities()) {
      List<String> keys = new ArrayList<>();
      store.forEachKey(entity.entity(), keys::add);
      parity.sample(store, entity.entity(), keys.stream().sorted().limit(KEYS_COMPARED).toList());
    }
    Map<Long, JsonNode> answered = new HashMap<>(answers.rows());
    long tooLate = answered.values().stream().filter(r -> r.has(LiveAnswers.TOO_LATE)).count();
    long latest = Math.max(parity.latest(), latestObservation(answered));
    for (String source : plan.set().plans().sources()) {
      await(
          "the archive of " + source,
          () ->
              Files.exists(lake().resolve(source).resolve("_complete.json"))
                  && Completeness.of(lake(), source).knowledgeTimeMs() >= latest);
    }
    Path observations = folder.resolve("observations.jsonl");
    List<String> lines = new ArrayList<>(feed.observations());
    lines.addAll(parity.observations());
    Files.write(observations, lines);
    TableRows table = backfill(observations);
    answered.values().removeIf(row -> row.has(LiveAnswers.TOO_LATE));
    Map<Long, JsonNode> rows = new HashMap<>();
    answered.keySet().forEach(row -> rows.put(row, table.row(row)));
    List<String> differences =
        new ArrayList<>(TableRows.of(answered).differences(TableRows.of(rows)));
    int inAnswers = differences.size();
    List<String> inRedis = parity.differences(table);
    differences.addAll(inRedis);
    say(
        "answers      %,d live answers, %,d values differ from the training table%s",
        answered.size(),
        inAnswers,
        tooLate == 0 ? "" : "; " + tooLate + " observations came too late, and were told so");
    say(
        "redis        %,d values of %,d keys, %,d differ from the training table",
        parity.values(), parity.keys(), inRedis.size());
    differences.stream().limit(DIFFERENCES_SHOWN).forEach(d -> out.println("  " + d));
    say(differences.isEmpty() ? "the same     live and from the lake, to the bit" : "NOT THE SAME");
    return differences.isEmpty() && !answered.isEmpty() && parity.values() > 0;
  }

  private static long latestObservation(Map<Long, JsonNode> answered) {
    return answered.values().stream().mapToLong(row -> row.path("at").asLong()).max().orElse(0);
  }

  private TableRows backfill(Path observations) throws IOException {
    long started = System.nanoTime();
    Backfill.Result result =
        Backfill.run(
            new BackfillRequest(
                definitions,
                Optional.empty(),
                lake(),
                observations,
                ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
                folder.resolve("tables"),
                SET,
                Optional.of("demo"),
                Knowledge.AS_KNOWN,
                BackfillRequest.Scope.ALL,
                BackfillRequest.Required.COMPLETE,
                TableFormat.JSON_LINES),
            batch.get(),
            RuntimeExecutionMode.BATCH,
            (plan, job) -> {});
    say(
        "backfill     %,d rows from the archive in %.1f s; rejected %s",
        result.manifest().rows(),
        (System.nanoTime() - started) / 1e9,
        result.manifest().rejected());
    return TableRows.read(result.snapshot());
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited " + PATIENCE + " for " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
