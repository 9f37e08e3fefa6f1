package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.demo.Demo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: what Plumbline does, shown on this machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Generates payments, imports them, and makes one training table twice:",
      "with Flink's batch and with its streaming runtime. Compares every row."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the tables are the same", "1:they are not"})
public final class DemoCommand implements Callable<Integer> {
  /** System property that names the folder of the installed product; the launcher sets it. */
  static final String HOME = "plumbline.home";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Spec private CommandSpec spec;

  @Option(
      names = "--dir",
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description = "empty or new folder for all it makes; plumbline-demo/<time> unless given")
  private Path folder;

  @Option(names = "--events", defaultValue = "20000", description = "how many to generate")
  private long events;

  @Option(names = "--observations", defaultValue = "2000", description = "rows of the table")
  private long observations;

  @Mixin private FlinkOptions flink;

  @Override
  public Integer call() {
    if (events < 1 || observations < 1) {
      throw UserError.wrongCall("--events and --observations must be 1 or more");
    }
    Path place = folder != null ? folder : Path.of("plumbline-demo", TIME.format(Instant.now()));
    checkEmpty(place);
    Demo demo =
        new Demo(
            sets(), place, events, observations, flink::environment, spec.commandLine().getOut());
    return demo.run() ? 0 : UserError.Exit.NO.code();
  }

  private static Path sets() {
    String home = System.getProperty(HOME);
    if (home == null) {
      throw UserError.wrongCall(
          "the shipped sets are not known: start the demo with scripts/plumbline, or name their"
              + " folder's parent with -D"
              + HOME);
    }
    return Path.of(home, "sets");
  }

  private static void checkEmpty(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw UserError.wrongCall("--dir " + folder + " is a file; name an empty or new folder");
    }
    try (Stream<Path> there = Files.list(folder)) {
      if (there.findAny().isPresent()) {
        throw UserError.wrongCall("--dir " + folder + " is not empty; name an empty or new folder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
