package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.generator.LogFiles;
import io.plumbline.time.Durations;
import io.plumbline.time.TimeField;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code generate}: events and observations of a shipped set as files for {@code import}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    sortSynopsis = false,
    showDefaultValues = true,
    description = {
      "Writes events of a shipped set as JSON lines, one file for each source, and observations.",
      "The same options write the same bytes."
    })
public final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--set", required = true, description = "media, payments, delivery or web")
  private String set;

  @Option(
      names = "--out",
      required = true,
      description =
          "folder for <source>.jsonl and observations.jsonl; such files in it are replaced")
  private Path out;

  @Option(names = "--seed", defaultValue = "1", description = "of all chance")
  private long seed;

  @Option(names = "--observations", defaultValue = "0", description = "how many to write")
  private long observations;

  @Mixin private final Traffic traffic = new Traffic();
  @Mixin private final Shares shares = new Shares();

  /** When events happen, and to whom. */
  static final class Traffic {
    @Option(names = "--events", defaultValue = "100000", description = "how many at most")
    private long events;

    @Option(names = "--duration", description = "of event time at most, e.g. 7d")
    private String duration;

    @Option(names = "--rate", defaultValue = "20", description = "events a second of event time")
    private double rate;

    @Option(
        names = "--start",
        defaultValue = "2026-01-01T00:00:00Z",
        description = "when the first event may happen")
    private String start;

    @Option(
        names = "--quiet-every",
        defaultValue = "0s",
        description = "how often nothing happens for a while; 0s for never")
    private String quietEvery;

    @Option(names = "--quiet-for", defaultValue = "0s", description = "for how long")
    private String quietFor;

    @Option(
        names = "--keys",
        defaultValue = "1000",
        description = "users, visitors, or parcels under way at a time")
    private int keys;

    @Option(names = "--zipf", defaultValue = "1.0", description = "how hot the hot keys are")
    private double zipf;

    @Option(names = "--partitions", defaultValue = "4", description = "of each source's log")
    private int partitions;
  }

  /** What goes wrong, as shares of events. */
  static final class Shares {
    @Option(
        names = "--late",
        defaultValue = "0.02",
        description = "share that arrives past the source's lateness")
    private double late;

    @Option(
        names = "--barely-in-time",
        defaultValue = "0.01",
        description = "share that arrives just within it")
    private double barelyInTime;

    @Option(
        names = "--ahead",
        defaultValue = "0.005",
        description = "share stamped by clocks ahead, but allowed")
    private double ahead;

    @Option(
        names = "--future",
        defaultValue = "0.002",
        description = "share stamped by clocks too far ahead")
    private double future;

    @Option(
        names = "--malformed",
        defaultValue = "0.005",
        description = "share that cannot be decoded")
    private double malformed;

    @Option(names = "--duplicates", defaultValue = "0.01", description = "share with a copy")
    private double duplicates;

    @Option(
        names = "--nulls",
        defaultValue = "0.02",
        description = "share of optional fields without value")
    private double nulls;

    @Option(names = "--disorder", defaultValue = "0.1", description = "share appended out of order")
    private double disorder;
  }

  @Override
  public Integer call() {
    EventGenerator generator = generator();
    if (observations < 0) {
      throw UserError.wrongCall("--observations is " + observations + "; write 0 or more");
    }
    PrintWriter terminal = spec.commandLine().getOut();
    try {
      LogFiles.Summary summary = LogFiles.write(generator, observations, out);
      terminal.print(summary.text());
      terminal.flush();
    } catch (IOException e) {
      throw UserError.invalid("cannot write to --out " + out + ": " + e, e);
    }
    return 0;
  }

  private EventGenerator generator() {
    try {
      return EventGenerator.of(set, new GeneratorOptions(seed, schedule(), keys(), dirt()));
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(e.getMessage());
    }
  }

  private GeneratorOptions.Schedule schedule() {
    long start = time("--start", traffic.start);
    long length =
        traffic.duration == null ? Long.MAX_VALUE : duration("--duration", traffic.duration);
    return new GeneratorOptions.Schedule(
        start,
        start > Long.MAX_VALUE - length ? Long.MAX_VALUE : start + length,
        traffic.events,
        traffic.rate,
        duration("--quiet-every", traffic.quietEvery),
        duration("--quiet-for", traffic.quietFor));
  }

  private static long time(String option, String text) {
    try {
      return TimeField.parseIso(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          option + " is '" + text + "'; write a time with zone, as in 2026-01-01T00:00:00Z", e);
    }
  }

  private static long duration(String option, String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }

  private GeneratorOptions.Keys keys() {
    return new GeneratorOptions.Keys(traffic.keys, traffic.zipf, traffic.partitions);
  }

  private GeneratorOptions.Dirt dirt() {
    return new GeneratorOptions.Dirt(
        shares.late,
        shares.barelyInTime,
        shares.ahead,
        shares.future,
        shares.malformed,
        shares.duplicates,
        shares.nulls,
        shares.disorder);
  }
}
