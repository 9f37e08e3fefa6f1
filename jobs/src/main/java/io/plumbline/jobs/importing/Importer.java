package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.importing.ImportRequest.MalformedRows;
import io.plumbline.jobs.importing.ImportSummary.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/**
 * Imports history into the lake: reads rows, decodes them by the source's schema, sorts them into
 * hours of ingestion and publishes all files at the end, or none.
 */
public final class Importer {
  private static final int ROWS_PER_LOOK = 1 << 10;

  private final ImportRequest request;
  private final Progress progress;
  private final Function<Path, OutputFile> outputs;

  /**
   * @param progress where long work says how far it is
   */
  public Importer(ImportRequest request, PrintStream progress) {
    this(request, progress, LocalOutputFile::new);
  }

  Importer(ImportRequest request, PrintStream progress, Function<Path, OutputFile> outputs) {
    this.request = request;
    this.progress = new Progress(progress, System::nanoTime);
    this.outputs = outputs;
  }

  /**
   * Does the import.
   *
   * @throws UserError if an input cannot be read, no row says when it was ingested, another import
   *     is at work, or the lake cannot be written; the lake is as it was then
   */
  public ImportSummary run() {
    try {
      for (Path input : request.inputs()) {
        if (!Files.isRegularFile(input)) {
          throw UserError.wrongCall(input + ": there is no such file to import");
        }
        progress.expect(Files.size(input));
      }
      try (Publication publication = Publication.begin(request.lake(), request.source().name())) {
        return run(publication);
      }
    } catch (IOException e) {
      throw unwritable(e);
    } catch (UncheckedIOException e) {
      throw unwritable(e.getCause());
    }
  }

  private UserError unwritable(IOException cause) {
    return UserError.invalid(
        request.lake()
            + ": the import could not be written ("
            + cause.getMessage()
            + "); the lake is as it was. Make room or give permission, and import again",
        cause);
  }

  private ImportSummary run(Publication publication) throws IOException {
    try (RejectFile rejects = new RejectFile(request.rejects());
        Staging staging = new Staging(request, publication, outputs)) {
      RowFiling filing = new RowFiling(request, staging, rejects, publication.nextOffset());
      for (Path input : request.inputs()) {
        read(input, filing);
      }
      filing.finish();
      boolean refused = request.malformed() == MalformedRows.REFUSE && !rejects.counts().isEmpty();
      if (!refused) {
        staging.write(progress);
        publication.publish(filing.nextOffset());
      }
      return new ImportSummary(
          filing.rows(),
          rejects.counts(),
          refused ? 0 : publication.files(),
          refused ? Outcome.REFUSED : Outcome.PUBLISHED);
    }
  }

  private void read(Path input, RowFiling filing) throws IOException {
    try (Rows rows = open(input, filing.timeFields())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        filing.file(input, row);
        if (filing.rows() % ROWS_PER_LOOK == 0) {
          progress.rows(filing.rows());
        }
      }
    }
  }

  private Rows open(Path input, Set<String> timeFields) throws IOException {
    InputFormat format = request.format().orElseGet(() -> InputFormat.of(input));
    return switch (format) {
      case JSONL ->
          new JsonRows(
              input,
              InputFile.open(input, progress::read),
              new JsonDecoder(request.source().schema(), request.times()));
      case CSV ->
          new CsvRows(
              input,
              InputFile.open(input, progress::read),
              request.source().schema(),
              request.times());
      case PARQUET -> new ParquetRows(input, request.source().schema(), timeFields, progress::read);
    };
  }
}
