package io.plumbline.jobs.observations;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The observations that a training table is made for: rows of keys, a time and anything else, in
 * Parquet, CSV with a header, or JSON lines, the last two also gzipped.
 *
 * <p>Times are epoch milliseconds, ISO-8601 with a zone, or Parquet timestamps (floored to
 * milliseconds, UTC) and dates (midnight UTC). A key may be null; it names no entity.
 */
public final class ObservationFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final ObservationFormat format;
  private final ObservationOptions options;
  private final ObservationCodec codec;
  private final ObservationSummary summary;
  private final ArrayList<ObservationSplit> splits;

  private ObservationFile(
      Path path,
      ObservationFormat format,
      ObservationOptions options,
      Survey survey,
      ObservationSummary summary) {
    this.path = path.toString();
    this.format = format;
    this.options = options;
    this.codec = survey.codec();
    this.summary = summary;
    this.splits = new ArrayList<>(survey.splits());
  }

  /**
   * Looks through the whole file.
   *
   * @throws UserError that says everything that is wrong with it
   */
  public static ObservationFile open(Path path, ObservationOptions options) {
    if (!Files.exists(path)) {
      throw UserError.wrongCall(path + ": there is no such file of observations");
    }
    if (Files.isDirectory(path)) {
      throw UserError.wrongCall(path + ": is a folder; name one file of observations");
    }
    ObservationFormat format = ObservationFormat.of(path);
    try {
      return survey(path, format, options);
    } catch (IOException e) {
      throw UserError.invalid(path + ": cannot be read as " + format.title() + ": " + reason(e), e);
    }
  }

  private static ObservationFile survey(
      Path path, ObservationFormat format, ObservationOptions options) throws IOException {
    if (Files.size(path) == 0) {
      throw noRows(path);
    }
    Problems problems = new Problems(path);
    MessageDigest sha256 = sha256();
    Survey survey;
    try (InputStream bytes = new DigestInputStream(Files.newInputStream(path), sha256)) {
      if (format == ObservationFormat.PARQUET) {
        survey = parquet(path, options, problems);
      } else {
        InputStream text = ObservationFormat.unzipped(path, bytes);
        survey = TextObservations.survey(format, new Unclosed(text), options, problems);
      }
      bytes.transferTo(java.io.OutputStream.nullOutputStream());
    }
    if (survey.rows() == 0) {
      throw noRows(path);
    }
    problems.throwIfAny();
    ObservationSummary summary =
        new ObservationSummary(
            path.toString(),
            HexFormat.of().formatHex(sha256.digest()),
            survey.rows(),
            survey.times().min(),
            survey.times().max(),
            survey.codec().columns());
    return new ObservationFile(path, format, options, survey, summary);
  }

  private static Survey parquet(Path path, ObservationOptions options, Problems problems)
      throws IOException {
    try {
      return ParquetObservations.survey(path, options, problems);
    } catch (UserError e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Lets the rest of a file be read after its text was closed. */
  private static final class Unclosed extends java.io.FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      return in.read(bytes, from, length);
    }

    @Override
    public void close() {}
  }

  private static UserError noRows(Path path) {
    return UserError.invalid(path + ": has no rows; a training table needs observations");
  }

  private static String reason(IOException e) {
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  public ObservationSummary summary() {
    return summary;
  }

  /** Reads the payloads of this file's observations. */
  public ObservationCodec codec() {
    return codec;
  }

  /** Parts that together are the file, each row in one of them. */
  public List<ObservationSplit> splits() {
    return splits;
  }

  /**
   * The observations of a split, in the file's order; to be closed.
   *
   * @throws UserError if the file is not what it was when it was opened
   */
  public ObservationIterator read(ObservationSplit split) {
    Path file = Path.of(path);
    try {
      if (codec instanceof ParquetCodec parquet) {
        return ParquetObservations.read(file, parquet, options, split);
      }
      TextRows rows = TextObservations.rows(format, ObservationFormat.open(file), summary.names());
      return TextObservations.read(file, rows, (JsonCodec) codec, options, split.rows());
    } catch (IOException e) {
      throw UserError.invalid(path + ": can no longer be read: " + reason(e), e);
    }
  }

  /**
   * All observations by ({@code at}, {@code row}). They are held in memory, about their payloads'
   * size and 100 bytes for each.
   */
  public List<Observation> sortedByTime() {
    List<Observation> all = new ArrayList<>((int) Math.min(summary.rows(), Integer.MAX_VALUE - 8));
    for (ObservationSplit split : splits) {
      try (ObservationIterator observations = read(split)) {
        observations.forEachRemaining(all::add);
      }
    }
    all.sort(Comparator.comparingLong(Observation::at).thenComparingLong(Observation::row));
    return all;
  }
}
