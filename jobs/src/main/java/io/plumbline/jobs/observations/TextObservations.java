package io.plumbline.jobs.observations;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** Observations in JSON lines or CSV: one split. */
final class TextObservations {
  private TextObservations() {}

  static TextRows rows(ObservationFormat format, InputStream in, List<String> columns)
      throws IOException {
    return switch (format) {
      case CSV -> new CsvRows(in);
      case JSON_LINES -> new JsonRows(in, columns);
      case PARQUET -> throw new IllegalArgumentException("Parquet is no text");
    };
  }

  /**
   * Everything there is to know before rows are read, with each problem added to {@code problems}.
   */
  static Survey survey(
      ObservationFormat format, InputStream in, ObservationOptions options, Problems problems)
      throws IOException {
    try (TextRows rows = rows(format, in, List.of())) {
      List<JsonType.Inference> types = new ArrayList<>();
      Survey.TimeRange times = new Survey.TimeRange();
      Checks checks = new Checks(options, rows, problems, times);
      long count = 0;
      for (; rows.next(); count++) {
        for (int i = 0; i < rows.columns().size(); i++) {
          if (i == types.size()) {
            types.add(new JsonType.Inference());
          }
          types.get(i).add(rows.inferable(i));
        }
        checks.check();
      }
      if (count > 0) {
        checks.finish();
      }
      JsonCodec codec =
          new JsonCodec(rows.columns(), types.stream().map(JsonType.Inference::type).toList());
      return new Survey(codec, count, times, List.of(new ObservationSplit(0, 0, count)));
    } catch (TextRows.MalformedRow e) {
      problems.add(e.getMessage());
      problems.throwIfAny();
      throw new AssertionError(e);
    }
  }

  /** Looks at every time and key. */
  private static final class Checks {
    private final ObservationOptions options;
    private final TextRows rows;
    private final Problems problems;
    private final Survey.TimeRange times;
    private final int[] keys;
    private int time = -1;

    Checks(ObservationOptions options, TextRows rows, Problems problems, Survey.TimeRange times) {
      this.options = options;
      this.rows = rows;
      this.problems = problems;
      this.times = times;
      keys = new int[options.keys().size()];
      java.util.Arrays.fill(keys, -1);
    }

    void check() {
      String place = "line " + rows.line();
      time = time < 0 ? rows.columns().indexOf(options.timestampColumn()) : time;
      try {
        times.add(time(rows, time));
      } catch (IllegalArgumentException e) {
        problems.add(options.timestampColumn(), place, e.getMessage());
      }
      for (int i = 0; i < keys.length; i++) {
        KeyColumn key = options.keys().get(i);
        keys[i] = keys[i] < 0 ? rows.columns().indexOf(key.column()) : keys[i];
        try {
          key(rows, keys[i], key);
        } catch (IllegalArgumentException e) {
          problems.add(key.column(), place, e.getMessage());
        }
      }
    }

    void finish() {
      if (time < 0) {
        problems.forget(options.timestampColumn());
      }
      problems.addColumnProblems(rows.columns(), options);
    }
  }

  private static long time(TextRows rows, int column) {
    return Cells.millis(column < 0 ? null : rows.time(column));
  }

  private static Object key(TextRows rows, int column, KeyColumn key) {
    return Cells.key(column < 0 ? null : rows.value(column), key.type());
  }

  /** The rows as observations; closes {@code rows} when closed. */
  static ObservationIterator read(
      Path path, TextRows rows, JsonCodec codec, ObservationOptions options, long expectedRows) {
    return new Iterator(path, rows, codec, options, expectedRows);
  }

  private static final class Iterator implements ObservationIterator {
    private final Path path;
    private final TextRows rows;
    private final JsonCodec codec;
    private final List<KeyColumn> keys;
    private final long expectedRows;
    private final PayloadWriter payload = new PayloadWriter();
    private final int time;
    private final int[] keyIndexes;
    private long row;

    Iterator(
        Path path, TextRows rows, JsonCodec codec, ObservationOptions options, long expectedRows) {
      this.path = path;
      this.rows = rows;
      this.codec = codec;
      this.expectedRows = expectedRows;
      keys = options.keys();
      List<String> names = codec.columns().stream().map(ObservationColumn::name).toList();
      time = names.indexOf(options.timestampColumn());
      keyIndexes = keys.stream().mapToInt(key -> names.indexOf(key.column())).toArray();
    }

    @Override
    public boolean hasNext() {
      return row < expectedRows;
    }

    @Override
    public Observation next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        if (!rows.next() || rows.columns().size() != codec.columns().size()) {
          throw changed(null);
        }
        return observation();
      } catch (TextRows.MalformedRow | IllegalArgumentException e) {
        throw changed(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Observation observation() {
      Object[] keyValues = new Object[keyIndexes.length];
      for (int i = 0; i < keyValues.length; i++) {
        keyValues[i] = key(rows, keyIndexes[i], keys.get(i));
      }
      payload.reset();
      for (int i = 0; i < codec.columns().size(); i++) {
        rows.putToken(i, codec.type(i), payload);
      }
      return new Observation(row++, time(rows, time), keyValues, payload.toBytes());
    }

    private UserError changed(Exception cause) {
      return UserError.invalid(
          path + ": changed while it was read; run again when nobody writes to it", cause);
    }

    @Override
    public void close() {
      try {
        rows.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
