package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.demo.Demo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
      "Runs the main job on this machine for about a minute, with a Kafka broker and a Redis of",
      "its own: live payments into Redis and into a lake, observations answered live. Then makes a",
      "training table of the lake, and compares every answer and what Redis held with it."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:live and from the lake are the same", "1:they are not"})
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

  @Option(names = "--seconds", defaultValue = "40", description = "how long events come")
  private int seconds;

  @Option(names = "--rate", defaultValue = "200", description = "events a second")
  private int rate;

  @Option(names = "--keep", description = "go on running in the end, until stopped")
  private boolean keep;

  @Mixin private FlinkOptions flink;

  @Override
  public Integer call() {
    if (seconds < 1 || rate < 1) {
      throw UserError.wrongCall("--seconds and --rate must be 1 or more");
    }
    Path place = folder != null ? folder : Path.of("plumbline-demo", TIME.format(Instant.now()));
    checkEmpty(place);
    Demo demo =
        new Demo(
            sets(),
            place,
            new Demo.Options(seconds, rate, keep ? Demo.Keep.RUNNING : Demo.Keep.NOTHING),
            port -> JobOptions.local(flink.parallelism(), port, Duration.ofSeconds(1)),
            flink::environment,
            spec.commandLine().getOut());
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
