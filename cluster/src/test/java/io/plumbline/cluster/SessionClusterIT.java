package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Jobs handed to a cluster of separate processes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SessionClusterIT {
  /** Left out unless {@code -Dtests.left.out=none} is given. */
  private static final String LONG = "long";

  private static ClusterProcesses cluster;

  @BeforeAll
  static void startCluster() throws IOException {
    cluster =
        ClusterProcesses.session(
            "session",
            "--ha",
            "--task-managers",
            "2",
            "-D",
            "taskmanager.memory.process.size=1400m",
            "-D",
            "execution.checkpointing.interval=1s");
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void backfillGivesTheRowsOfOneProcess(@TempDir Path dir) throws IOException {
    local("generate", "--set", "payments", "--out", dir, "--events", 2000, "--observations", 100);
    local(
        "import",
        "--defs",
        LivePayments.DEFINITIONS,
        "--source",
        "payment",
        "--input",
        dir.resolve("payment.jsonl"),
        "--rejects",
        dir.resolve("rejects.jsonl"),
        "--lake",
        dir.resolve("lake"));
    local((Object[]) backfill(dir, "local"));
    cluster.run(backfill(dir, "cluster"));

    Map<Long, JsonNode> rows = Reference.rows(dir.resolve("local/features/one"));
    assertThat(rows).hasSize(100);
    assertThat(Reference.rows(dir.resolve("cluster/features/one"))).isEqualTo(rows);
  }

  @Test
  @Order(2)
  void whatIsWrongIsSaidOnceWithoutOurStackTrace(@TempDir Path dir) {
    String said = cluster.call("run", backfill(dir, "cluster"));

    assertThat(said)
        .contains("caused an error: --lake " + dir.resolve("lake") + ": there is no such folder")
        .doesNotContain("at io.plumbline")
        .endsWith("exit 1");
  }

  @Test
  @Order(3)
  void liveFeaturesOutliveWorkersAndTheJobManager(@TempDir Path dir) throws Exception {
    try (LivePayments payments = new LivePayments(dir)) {
      cluster.run(concat(new String[] {"-d", "-p", "2"}, payments.stream()));
      payments.start();
      String job = cluster.awaitRunning();
      cluster.awaitCheckpoints(job, 2);
      payments.awaitMoreAnswers();

      cluster.kill(cluster.workersInUse().get(0));
      cluster.awaitRestored(job);
      payments.awaitMoreAnswers();

      cluster.kill(ClusterProcesses.JOB_MANAGER);
      cluster.revive();
      cluster.awaitRestored(job);
      payments.awaitMoreAnswers();

      payments.stop();
      payments.check();
      cluster.cancelAll();
    }
  }

  @Test
  @Order(4)
  void theArchiveHasEachRecordOnceThoughAWorkerIsLost(@TempDir Path dir) throws Exception {
    cluster.revive();
    Path lake = dir.resolve("lake");
    try (LivePayments payments = new LivePayments(dir)) {
      String[] archive = payments.archive(lake, "--roll-interval", "1s");
      cluster.run(concat(new String[] {"-d", "-p", "2"}, archive));
      payments.start();
      String job = cluster.awaitRunning();
      ArchivedLog.awaitFiles(lake, 1);

      cluster.kill(cluster.workersInUse().get(0));
      cluster.awaitRestored(job);
      ArchivedLog.awaitFiles(lake, ArchivedLog.files(lake).size() + 1);

      payments.stop();
      ArchivedLog.check(lake, payments.log());
      cluster.cancel(job);
    }
  }

  @Test
  @Order(5)
  @Tag(LONG)
  void aWorkerThatStoodStillChangesNothing(@TempDir Path dir) throws Exception {
    cluster.revive();
    cluster.awaitWorkers(2);
    try (Till till = new Till(dir)) {
      cluster.run(concat(new String[] {"-d", "-p", "1"}, till.stream("bad", 1)));
      till.open();
      cluster.awaitRunning();
      till.awaitWritten(1);
      String worker = cluster.workersInUse().get(0);
      cluster.suspend(worker);
      Map<String, Map<String, String>> hashes;
      try {
        cluster.awaitWorkers(1);
        cluster.run(concat(new String[] {"-d", "-p", "1"}, till.stream("good", 2)));
        till.awaitWritten(2);
        till.shut();
        till.awaitWritten(2);
        hashes = till.hashes();
        assertThat(hashes.get("fs:user:u0")).containsEntry("_gen", "2");
      } finally {
        cluster.resume(worker);
      }
      cluster.awaitWorkers(2);
      till.awaitWritten(2);
      assertThat(values(till.hashes())).isEqualTo(values(hashes));
      cluster.cancelAll();
    }
  }

  /** Time goes on in them, and nothing else may. */
  private static Map<String, Map<String, String>> values(Map<String, Map<String, String>> hashes) {
    hashes.values().forEach(hash -> hash.remove("_as_of"));
    return hashes;
  }

  private static String[] backfill(Path dir, String out) {
    return new String[] {
      "backfill",
      "--defs",
      LivePayments.DEFINITIONS.toString(),
      "--lake",
      dir.resolve("lake").toString(),
      "--observations",
      dir.resolve("observations.jsonl").toString(),
      "--out",
      dir.resolve(out).toString(),
      "--snapshot",
      "one",
      "--format",
      "jsonl"
    };
  }

  private static void local(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    assertThat(Plumbline.commandLine().execute(texts)).isZero();
  }

  private static String[] concat(String[] first, String[] second) {
    String[] both = new String[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
