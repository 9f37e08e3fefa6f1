package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.lake.Completeness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A live job's life from savepoint to savepoint, on a cluster of separate processes: begun from
 * history, given other features, and run by more and by fewer tasks. All the while it is held
 * against a backfill.
 */
class JourneyClusterIT {
  /** Left out unless {@code -Dtests.left.out=none} is given. */
  private static final String LONG = "long";

  private static final int HISTORY = 300;
  private static final String REMOVED = "user_distinct_merchants_24h";
  private static final String ADDED = "user_largest_6h";
  private static ClusterProcesses cluster;

  @TempDir private Path dir;

  @BeforeAll
  static void startCluster() throws IOException {
    cluster =
        ClusterProcesses.session(
            "journey",
            "--slots",
            "4",
            "-D",
            "taskmanager.memory.process.size=1800m",
            "-D",
            "jobmanager.memory.jvm-metaspace.size=400m",
            "-D",
            "jobmanager.memory.process.size=1400m",
            "-D",
            "execution.checkpointing.interval=1s",
            "-D",
            "pekko.ask.timeout=60s");
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** What a test that fails has left would be in the next one's way. */
  @AfterEach
  void cancelJobs() {
    cluster.cancelAll();
  }

  @Test
  @Tag(LONG)
  void whatBeganFromHistoryGoesOnWithOtherFeatures() throws Exception {
    try (LivePayments payments = new LivePayments(dir)) {
      Path taken = begin(payments);
      run(payments, evolved(payments, taken), 2, 2);
      payments.stop();
      payments.check();
    }
  }

  @Test
  @Tag(LONG)
  void andIsRunByMoreAndByFewerTasks() throws Exception {
    try (LivePayments payments = new LivePayments(dir)) {
      Path taken = begin(payments);
      run(payments, evolved(payments, taken), 2, 2);
      run(payments, cluster.stopWithSavepoint(), 2, 4);
      run(payments, cluster.stopWithSavepoint(), 2, 1);
      payments.stop();
      payments.check();
    }
  }

  private Path lake() {
    return dir.resolve("archived");
  }

  /** Archives, bootstraps, and runs the job until it is held against a backfill. */
  private Path begin(LivePayments payments) throws Exception {
    cluster.run(concat(payments.archive(lake(), "--roll-interval", "1s"), "-d", "-p", "1"));
    payments.startUnasked();
    ClusterProcesses.await("there is history", () -> payments.log().size() > HISTORY);
    Instant until = Instant.ofEpochMilli(awaitArchived(System.currentTimeMillis()));
    payments.ask();
    Path made = dir.resolve("made");
    Verb.done(
        "bootstrap",
        "--defs",
        LivePayments.DEFINITIONS,
        "--lake",
        lake(),
        "--until",
        until,
        "--out",
        made,
        "--parallelism",
        "2");
    run(payments, made, 1, 2);
    payments.stop();
    payments.check();
    return take();
  }

  private static void run(LivePayments payments, Object from, int generation, int tasks) {
    String[] stream =
        payments.stream("--name", "payments", "--generation", Integer.toString(generation));
    cluster.run(concat(stream, "-d", "-p", Integer.toString(tasks), "-s", from.toString()));
    payments.awaitMoreAnswers();
  }

  /** Waits until the lake has everything that came until a time. Returns until when it has all. */
  private long awaitArchived(long time) {
    ClusterProcesses.await(
        "the lake is complete",
        () ->
            Completeness.isPublished(lake(), "payment")
                && Completeness.of(lake(), "payment").knowledgeTimeMs() > time);
    return Completeness.of(lake(), "payment").knowledgeTimeMs();
  }

  /** Of the live job; what the cluster wrote can be read here. */
  private Path take() throws Exception {
    String job = job("payments");
    Path catalog = dir.resolve("catalog");
    Verb said =
        Verb.done(
            "savepoint",
            "take",
            "--job",
            job,
            "--rest",
            cluster.rest(),
            "--catalog",
            catalog,
            "--why",
            "other features");
    List<String> lines = said.text().lines().toList();
    String[] taken = lines.get(lines.size() - 1).split(" ", 2);
    assertThat(Verb.done("savepoint", "verify", taken[0], "--catalog", catalog).text())
        .contains("is whole");
    cluster.cancel(job);
    return Path.of(taken[1]);
  }

  private static String job(String name) throws Exception {
    for (JsonNode job : cluster.get("/jobs/overview").path("jobs")) {
      if (job.path("name").asText().equals(name) && job.path("state").asText().equals("RUNNING")) {
        return job.path("jid").asText();
      }
    }
    throw new AssertionError("no job " + name + " runs");
  }

  /** One feature less, and one more, which has its history. */
  private Path evolved(LivePayments payments, Path taken) throws Exception {
    Path changed = changed();
    awaitArchived(System.currentTimeMillis());
    cluster.cancelAll();
    Path grown = dir.resolve("grown");
    Verb.done(
        "bootstrap",
        "--only",
        "new",
        "--from",
        taken,
        "--defs",
        changed,
        "--lake",
        lake(),
        "--out",
        grown,
        "--drop",
        REMOVED + ":v1",
        "--parallelism",
        "2");
    JsonNode differences = Verb.call("savepoint", "diff", taken, grown, "--json").json();
    assertThat(differences.path("definitions"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "features of user are not defined alike",
            "feature " + REMOVED + ":v1 of user is only in A",
            "feature " + ADDED + ":v1 of user is only in B");
    assertThat(differences.path("differ")).isEmpty();
    assertThat(differences.path("only_in_a")).isEmpty();
    assertThat(differences.path("only_in_b")).isEmpty();
    assertThat(differences.path("equal").asInt()).isGreaterThan(20);
    String key = payments.user();
    assertThat(inspect(taken, key).path("features").has(REMOVED + ":v1")).isTrue();
    assertThat(inspect(grown, key).path("features").has(REMOVED + ":v1")).isFalse();
    assertThat(inspect(grown, key).path("features").has(ADDED + ":v1")).isTrue();
    payments.redefine(changed);
    payments.start();
    return grown;
  }

  private Path changed() throws IOException {
    Path changed = Files.createDirectories(dir.resolve("changed"));
    try (Stream<Path> files = Files.list(LivePayments.DEFINITIONS)) {
      for (Path file : files.toList()) {
        Files.copy(file, changed.resolve(file.getFileName()));
      }
    }
    Path features = changed.resolve("features.yaml");
    String text = Files.readString(features);
    String meaning =
        "distinct_count\n    value: merchant_id\n    window: {sliding: 24h, every: 15m}";
    assertThat(text).contains(meaning, REMOVED);
    Files.writeString(
        features,
        text.replace(REMOVED, ADDED)
            .replace(meaning, "max\n    value: amount\n    window: {sliding: 6h, every: 10m}"));
    return changed;
  }

  private static JsonNode inspect(Path savepoint, String user) throws IOException {
    return Verb.done(
            "savepoint",
            "inspect",
            "--path",
            savepoint,
            "--entity",
            "user",
            "--key",
            user,
            "--json")
        .json();
  }

  private static String[] concat(String[] verb, String... options) {
    return Stream.of(List.of(options), List.of(verb)).flatMap(List::stream).toArray(String[]::new);
  }
}
