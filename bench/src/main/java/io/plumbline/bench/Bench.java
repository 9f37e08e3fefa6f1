package io.plumbline.bench;

import io.plumbline.bench.alternatives.AlternativesBench;
import io.plumbline.bench.live.ArchiveBench;
import io.plumbline.bench.live.LiveBench;
import io.plumbline.bench.live.RedisMemoryBench;
import io.plumbline.bench.live.RollbackBench;
import io.plumbline.bench.savepoints.BootstrapBench;
import io.plumbline.bench.savepoints.StateBench;
import io.plumbline.bench.windows.WindowsBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Comparisons of the product with others, and with itself. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMPARISON",
    subcommands = {
      BackfillBench.class,
      LiveBench.class,
      RedisMemoryBench.class,
      ArchiveBench.class,
      RollbackBench.class,
      WindowsBench.class,
      AlternativesBench.class,
      BootstrapBench.class,
      StateBench.class
    })
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }
}
