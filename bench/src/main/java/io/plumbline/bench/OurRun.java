package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the product's backfill as a user would: as a process of its own. */
final class OurRun {
  private static final List<String> OPENED =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED");
  private static final String MAIN = "io.plumbline.jobs.app.Plumbline";

  private final String classPath;
  private final int threads;

  /**
   * @param classPath with the product; what is only there for benchmarks is taken out
   * @param threads the job's parallelism
   */
  OurRun(String classPath, int threads) {
    this.classPath =
        Arrays.stream(classPath.split(java.io.File.pathSeparator))
            .filter(
                e ->
                    !e.contains("duckdb")
                        && !e.endsWith(Path.of("bench/target/classes").toString()))
            .collect(Collectors.joining(java.io.File.pathSeparator));
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
    List<String> java = new ArrayList<>(OPENED);
    java.add("-Xmx" + memory.heap());
    java.addAll(moreJavaOptions);
    List<String> arguments =
        List.of(
            "backfill",
            "--defs=" + definitions,
            "--lake=" + data.lake(),
            "--observations=" + data.observations(),
            "--out=" + out,
            "--snapshot=s",
            "--parallelism=" + threads,
            "--managed-memory=" + memory.managed());
    ChildProcess.Outcome outcome =
        ChildProcess.java(
            classPath, java, MAIN, arguments, out.resolveSibling(out.getFileName() + ".log"));
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
