package io.plumbline.bench.alternatives;

import io.plumbline.bench.Document;
import io.plumbline.bench.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.rocksdb.RocksDBException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code alternatives}: what timelines are made of, beside what they could be made of. */
@Command(
    name = "alternatives",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares ways to keep the aggregate of a moving window, places for its tiles in RocksDB, and",
      "formats of a key's state. Before each it checks that all say the same."
    })
public final class AlternativesBench implements Callable<Integer> {

  /** What is compared. */
  private enum Part {
    WINDOWS,
    PLACES,
    FORMATS
  }

  private static final Path ROOT = Path.of(System.getProperty("plumbline.bench.root", "."));

  @Option(names = "--quick", description = "less than three minutes: fewer windows, shorter runs")
  private boolean quick;

  @Option(
      names = "--only",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; several with commas")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  @Override
  public Integer call() throws IOException, RocksDBException {
    JmhRuns runs = new JmhRuns(quick ? JmhRuns.Length.QUICK : JmhRuns.Length.USUAL);
    report("machine", Machine.describe() + "\n");
    if (only.contains(Part.WINDOWS)) {
      report("windows", MovingWindows.run(runs));
    }
    if (only.contains(Part.PLACES)) {
      report("places", PlacesOfState.run(runs));
    }
    if (only.contains(Part.FORMATS)) {
      report("formats", StateFormats.run(runs));
    }
    return 0;
  }

  private void report(String mark, String text) throws IOException {
    System.out.print(text);
    if (write) {
      Document.put(
          ROOT.resolve("docs/performance.md"), "Alternatives", "bench alternatives " + mark, text);
    }
  }
}
