package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster for one job. */
class ApplicationClusterIT {
  private static final String LONG = "long";
  private static final List<String> OPTIONS =
      List.of(
          "--ha",
          "--slots",
          "2",
          "-D",
          "taskmanager.memory.process.size=1400m",
          "-D",
          "execution.checkpointing.interval=1s");

  @Test
  void aJobOutlivesItsJobManagerAndGoesOnFromASavepointRescaled(@TempDir Path dir)
      throws Exception {
    try (LivePayments payments = new LivePayments(dir);
        ClusterProcesses cluster =
            ClusterProcesses.application(
                "application", options(List.of(), payments.stream("--parallelism", "2")))) {
      payments.start();
      String job = cluster.awaitRunning();
      cluster.awaitCheckpoints(job, 1);
      payments.awaitMoreAnswers();

      cluster.kill(ClusterProcesses.JOB_MANAGER);
      cluster.revive();
      cluster.awaitRestored(job);
      payments.awaitMoreAnswers();

      isRecorded(job, cluster.rest(), dir.resolve("catalog"));
      String savepoint = cluster.stopWithSavepoint();
      cluster.startApplication(
          options(List.of("--from", savepoint), payments.stream("--parallelism", "1")));
      payments.awaitMoreAnswers();

      payments.stop();
      payments.check();
    }
  }

  /** A program that fails at a takeover would lose its job for good. */
  @Test
  @Tag(LONG)
  void itIsTakenOverWhileRedisIsAwayAndWithoutTheSavepointItBeganWith(@TempDir Path dir)
      throws Exception {
    try (LivePayments payments = new LivePayments(dir);
        ClusterProcesses cluster =
            ClusterProcesses.application("takeover", options(List.of(), payments.stream()))) {
      payments.start();
      cluster.awaitCheckpoints(cluster.awaitRunning(), 1);
      String savepoint = cluster.stopWithSavepoint();
      cluster.startApplication(options(List.of("--from", savepoint), payments.stream()));
      String job = cluster.awaitRunning();
      cluster.awaitCheckpoints(job, 1);
      payments.awaitMoreAnswers();

      FileUtils.deleteDirectory(Path.of(URI.create(savepoint)).toFile());
      payments.redis().kill();
      cluster.kill(ClusterProcesses.JOB_MANAGER);
      cluster.revive();
      cluster.awaitSaid("the job cannot go on yet: Redis at ");
      payments.redis().restart();
      cluster.awaitRestored(job);
      payments.awaitMoreAnswers();

      payments.stop();
      payments.check();
    }
  }

  /** The job writes a savepoint, of which a catalog says what is in it. */
  private static void isRecorded(String job, String rest, Path catalog) throws IOException {
    Object[] take = {
      "savepoint", "take", "--job", job, "--rest", rest, "--catalog", catalog, "--why", "to keep"
    };
    List<String> said = Verb.done(take).text().lines().toList();
    String[] taken = said.get(said.size() - 1).split(" ", 2);
    JsonNode record = Verb.done("savepoint", "show", taken[0], "--catalog", catalog).json();
    assertThat(record.path("path").asText()).isEqualTo(taken[1]);
    assertThat(record.path("job").path("id").asText()).isEqualTo(job);
    assertThat(record.path("definitions").path("files").has("features.yaml")).isTrue();
    assertThat(record.path("offsets")).hasSizeGreaterThan(1);
    assertThat(Verb.done("savepoint", "list", "--catalog", catalog).text())
        .contains(taken[0], "to keep");
    assertThat(Verb.done("savepoint", "verify", taken[0], "--catalog", catalog).text())
        .contains("is whole");
  }

  private static String[] options(List<String> more, String[] stream) {
    return Stream.of(OPTIONS.stream(), more.stream(), Stream.of(stream))
        .flatMap(s -> s)
        .toArray(String[]::new);
  }
}
