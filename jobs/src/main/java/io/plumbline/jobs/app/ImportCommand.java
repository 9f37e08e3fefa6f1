package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.importing.ImportRequest;
import io.plumbline.jobs.importing.ImportRequest.MalformedRows;
import io.plumbline.jobs.importing.ImportSummary;
import io.plumbline.jobs.importing.Importer;
import io.plumbline.jobs.importing.InputFormat;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code import}: history into the lake. */
@Command(
    name = "import",
    description = "Imports JSON lines, CSV or Parquet history, gzipped or not, into the lake.",
    mixinStandardHelpOptions = true)
public final class ImportCommand implements Callable<Integer> {
  private static final int REASONS_SHOWN = 10;

  @Option(names = "--defs", required = true, description = "Folder of definitions.")
  private Path defs;

  @Option(names = "--source", required = true, description = "Source whose history it is.")
  private String source;

  @Option(
      names = "--input",
      required = true,
      arity = "1..*",
      description = "Files to import: .jsonl, .json, .csv or .parquet, also with .gz.")
  private List<Path> inputs;

  @Option(names = "--lake", required = true, description = "The lake's folder.")
  private Path lake;

  @Option(
      names = "--ingested-at",
      description =
          "Field that says when a row was ingested, where it has no _ingested_at; the event time"
              + " for a history that has no other.")
  private Optional<String> ingestedAt;

  @Option(
      names = "--format",
      description = "jsonl, csv or parquet, where the files' names do not say it.")
  private Optional<String> format;

  @Option(
      names = "--time-format",
      description = "Pattern of times that are not ISO-8601, e.g. 'M/d/yyyy H:mm'.")
  private Optional<String> timeFormat;

  @Option(
      names = "--zone",
      description =
          "Zone of times that name none, with --time-format, e.g. Europe/London; UTC unless given.")
  private Optional<String> zone;

  @Option(names = "--strict", description = "Import nothing if a row is malformed; exit code 1.")
  private boolean strict;

  @Option(
      names = "--rejects",
      description =
          "File for malformed rows, with line and reason; unless given, <input>.rejects.jsonl in"
              + " the current folder. Not made if there are none.")
  private Optional<Path> rejects;

  private final Function<Path, Definitions> loader;
  private final PrintStream out;
  private final PrintStream progress;

  /**
   * @param loader reads definitions from their folder
   * @param out for the summary
   * @param progress for how far it is
   */
  ImportCommand(Function<Path, Definitions> loader, PrintStream out, PrintStream progress) {
    this.loader = loader;
    this.out = out;
    this.progress = progress;
  }

  /** Reads definitions from their folder and speaks to the terminal. */
  public ImportCommand() {
    this(
        io.plumbline.definition.DefinitionLoader::load,
        new PrintStream(System.out, true, java.nio.charset.StandardCharsets.UTF_8),
        System.err);
  }

  @Override
  public Integer call() {
    ImportRequest request =
        new ImportRequest(
            sourceOf(loader.apply(defs)),
            inputs,
            format.map(InputFormat::named),
            lake,
            ingestedAt,
            times(),
            strict ? MalformedRows.REFUSE : MalformedRows.SET_ASIDE,
            rejects.orElseGet(() -> Path.of(inputs.get(0).getFileName() + ".rejects.jsonl")));
    ImportSummary summary = new Importer(request, progress).run();
    print(request, summary);
    return switch (summary.outcome()) {
      case PUBLISHED -> 0;
      case REFUSED -> UserError.Exit.NO.code();
    };
  }

  private Source sourceOf(Definitions definitions) {
    try {
      return definitions.source(source);
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(defs + ": " + e.getMessage());
    }
  }

  private void print(ImportRequest request, ImportSummary summary) {
    long good = summary.rows() - summary.malformedRows();
    switch (summary.outcome()) {
      case PUBLISHED ->
          out.printf(
              Locale.ROOT,
              "imported %,d of %,d rows into %s, %,d files%n",
              good,
              summary.rows(),
              request.lake().resolve(source),
              summary.files());
      case REFUSED ->
          out.printf(
              Locale.ROOT, "imported nothing: %,d rows are malformed%n", summary.malformedRows());
    }
    if (summary.malformedRows() > 0) {
      out.printf(
          Locale.ROOT, "malformed: %,d, see %s%n", summary.malformedRows(), request.rejects());
      List<Map.Entry<String, Long>> reasons =
          summary.malformed().entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
              .toList();
      reasons.stream()
          .limit(REASONS_SHOWN)
          .forEach(r -> out.printf(Locale.ROOT, "  %,8d  %s%n", r.getValue(), r.getKey()));
      if (reasons.size() > REASONS_SHOWN) {
        out.printf(Locale.ROOT, "  and %,d other reasons%n", reasons.size() - REASONS_SHOWN);
      }
    }
  }

  private TimeText times() {
    if (timeFormat.isEmpty() && zone.isPresent()) {
      throw UserError.wrongCall(
          "--zone "
              + zone.get()
              + " goes with --time-format: ISO-8601 times name their own zone;"
              + " say how times without one are written, e.g. --time-format 'yyyy-MM-dd HH:mm:ss'");
    }
    return timeFormat.map(pattern -> TimeText.of(pattern, zone.orElse("UTC"))).orElse(TimeText.ISO);
  }
}
