package io.plumbline.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster for one job. */
class ApplicationClusterIT {
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

      String savepoint = cluster.stopWithSavepoint();
      cluster.startApplication(
          options(List.of("--from", savepoint), payments.stream("--parallelism", "1")));
      payments.awaitMoreAnswers();

      payments.stop();
      payments.check();
    }
  }

  private static String[] options(List<String> more, String[] stream) {
    return Stream.of(OPTIONS.stream(), more.stream(), Stream.of(stream))
        .flatMap(s -> s)
        .toArray(String[]::new);
  }
}
