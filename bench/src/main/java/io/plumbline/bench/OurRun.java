package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the product's backfill as a user would: by its launcher, as a process of its own. */
final class OurRun {
  private final Path launcher;
  private final int threads;

  /**
   * @param launcher the product's {@code scripts/plumbline}
   * @param threads the job's parallelism
   */
  OurRun(Path launcher, int threads) {
    this.launcher = launcher;
    this.threads = threads;
  }

  /** What a run took, and the part files that it made. */
  record Result(ChildProcess.Outcome outcome, Path table) {}

  /**
   * How much memory the process may have.
   *
   * @param heap for {@code -Xmx}
   * @param managed for {@code --managed-memory}
   */
  record Memory(String heap, String managed) {}

  Result backfill(
      Path definitions,
      WorkloadWriter.Data data,
      Path out,
      Memory memory,
      List<String> moreJavaOptions)
      throws IOException {
    Folders.delete(out);
    List<String> command =
        List.of(
            launcher.toString(),
            "backfill",
            "--defs=" + definitions,
            "--lake=" + data.lake(),
            "--observations=" + data.observations(),
            "--out=" + out,
            "--snapshot=s",
            "--parallelism=" + threads,
            "--managed-memory=" + memory.managed());
    Map<String, String> environment =
        Map.of(
            "PLUMBLINE_HEAP", memory.heap(),
            "PLUMBLINE_JAVA_OPTS", String.join(" ", moreJavaOptions));
    ChildProcess.Outcome outcome =
        ChildProcess.run(command, environment, out.resolveSibling(out.getFileName() + ".log"));
    return new Result(outcome, snapshot(out));
  }

  private static Path snapshot(Path out) throws IOException {
    try (Stream<Path> paths = Files.walk(out)) {
      return paths
          .filter(p -> p.getFileName().toString().equals("manifest.json"))
          .findFirst()
          .orElseThrow(() -> new IOException(out + " holds no manifest.json"))
          .getParent();
    }
  }
}
