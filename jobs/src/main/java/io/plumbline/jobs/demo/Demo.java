package io.plumbline.jobs.demo;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.generator.LogFiles;
import io.plumbline.jobs.importing.ImportRequest;
import io.plumbline.jobs.importing.ImportSummary;
import io.plumbline.jobs.importing.Importer;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A tour: payments with everything that goes wrong in real logs, imported into a lake, and the same
 * training table made of it by either runtime.
 */
public final class Demo {
  private static final String SET = "payments";
  private static final List<String> SHOWN =
      List.of(
          "row",
          "user_id",
          "merchant_id",
          "user_payments_1h",
          "user_spend_1h",
          "user_amount_zscore",
          "merchant_declined_share_1h");
  private static final int ROWS_SHOWN = 5;
  private static final int DIFFERENCES_SHOWN = 10;

  private final Path definitions;
  private final Path folder;
  private final long events;
  private final long observations;
  private final Supplier<StreamExecutionEnvironment> environments;
  private final PrintWriter out;

  /**
   * @param sets folder of the shipped sets
   * @param folder for all that the demo makes
   * @param events to generate
   * @param observations to generate, which are the rows of the table
   * @param environments a new one for each job
   * @param out says what happens
   */
  public Demo(
      Path sets,
      Path folder,
      long events,
      long observations,
      Supplier<StreamExecutionEnvironment> environments,
      PrintWriter out) {
    this.definitions = sets.resolve(SET);
    this.folder = folder;
    this.events = events;
    this.observations = observations;
    this.environments = environments;
    this.out = out;
  }

  /**
   * Runs it.
   *
   * @return whether both runtimes made the same table
   * @throws UserError if the folder cannot be written
   */
  public boolean run() {
    try {
      Definitions loaded = DefinitionLoader.load(definitions);
      say(
          "definitions  %d features of %d entities, %s",
          loaded.features().size(), loaded.entities().size(), definitions);
      generate();
      for (Source source : loaded.sources()) {
        importLog(source);
      }
      Backfill.Result batch = backfill(RuntimeExecutionMode.BATCH);
      Backfill.Result streaming = backfill(RuntimeExecutionMode.STREAMING);
      return compare(batch, streaming);
    } catch (IOException e) {
      throw UserError.invalid("cannot write to " + folder + ": " + e, e);
    }
  }

  private void generate() throws IOException {
    GeneratorOptions defaults = GeneratorOptions.defaults();
    GeneratorOptions.Schedule schedule =
        new GeneratorOptions.Schedule(defaults.schedule().startMs(), events, 1);
    GeneratorOptions options =
        defaults
            .withSchedule(schedule)
            .withKeys(new GeneratorOptions.Keys(500, 1, defaults.keys().partitions()));
    LogFiles.Summary log = LogFiles.write(EventGenerator.of(SET, options), observations, input());
    log.records()
        .forEach(
            (source, kinds) ->
                say(
                    "log          %,d records, among them %s",
                    kinds.values().stream().mapToLong(Long::longValue).sum(),
                    reasons(log.rejected(source))));
  }

  private Path input() {
    return folder.resolve("log");
  }

  private void importLog(Source source) {
    ImportSummary summary =
        new Importer(
                new ImportRequest(
                    source,
                    List.of(input().resolve(source.name() + ".jsonl")),
                    Optional.empty(),
                    lake(),
                    Optional.empty(),
                    TimeText.ISO,
                    ImportRequest.MalformedRows.SET_ASIDE,
                    folder.resolve(source.name() + ".rejects.jsonl")),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .run();
    say(
        "import       %,d of %,d records could be decoded, %s",
        summary.rows() - summary.malformedRows(), summary.rows(), lake().resolve(source.name()));
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Backfill.Result backfill(RuntimeExecutionMode mode) {
    String label = mode.name().toLowerCase(Locale.ROOT);
    long started = System.nanoTime();
    Backfill.Result result =
        Backfill.run(
            new BackfillRequest(
                definitions,
                Optional.empty(),
                lake(),
                input().resolve("observations.jsonl"),
                ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
                folder.resolve("tables"),
                SET,
                Optional.of(label),
                Knowledge.AS_KNOWN,
                BackfillRequest.Scope.ALL,
                BackfillRequest.Required.WHATEVER_IS_THERE,
                TableFormat.JSON_LINES),
            environments.get(),
            mode,
            (plan, job) -> {});
    double seconds = (System.nanoTime() - started) / 1e9;
    say(
        "%-9s    %,d rows, %d features, in %.1f s, %s",
        label,
        result.manifest().rows(),
        result.manifest().features().size(),
        seconds,
        result.snapshot());
    return result;
  }

  private boolean compare(Backfill.Result batch, Backfill.Result streaming) throws IOException {
    batch.manifest().rejected().forEach((s, r) -> say("rejected     %s", reasons(r)));
    TableRows rows = TableRows.read(batch.snapshot());
    out.println();
    TableText.of(SHOWN, rows.sample(ROWS_SHOWN)).forEach(line -> out.println("  " + line));
    out.println();
    List<String> differences = rows.differences(TableRows.read(streaming.snapshot()));
    String one = batch.manifest().contentHash();
    String two = streaming.manifest().contentHash();
    boolean rejectedAlike = batch.manifest().rejected().equals(streaming.manifest().rejected());
    boolean same = differences.isEmpty() && one.equals(two) && rejectedAlike;
    if (same) {
      say("the same     all %,d rows, content hash %s", rows.count(), one);
    } else {
      say("NOT THE SAME %,d values, content hashes %s and %s", differences.size(), one, two);
      differences.stream().limit(DIFFERENCES_SHOWN).forEach(d -> out.println("  " + d));
      say("rejected     batch %s", batch.manifest().rejected());
      say("rejected     streaming %s", streaming.manifest().rejected());
    }
    return same;
  }

  private static String reasons(java.util.Map<String, Long> counts) {
    return counts.toString().replaceAll("[{}]", "").replace('=', ' ');
  }

  private void say(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
