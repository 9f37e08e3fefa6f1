package io.plumbline.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableProfileTest {
  @TempDir Path folder;
  private TableSchema schema;
  private byte[] observation;

  private record Row(byte[] observation, FinishedRow features) {}

  @BeforeEach
  void open() throws IOException {
    ObservationFile file =
        Tables.observations(folder, "{\"at\":1,\"label\":0,\"ok\":true,\"n\":null}");
    schema = new TableSchema(file.codec(), Tables.FEATURES);
    observation = Tables.rows(file).get(0).payload();
  }

  private TableProfile profile(List<Row> rows) {
    TableProfile profile = new TableProfile(schema);
    rows.forEach(row -> profile.add(row.observation(), row.features()));
    return profile;
  }

  private static byte[] bytes(TableProfile profile) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    profile.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private List<Row> randomRows(Random random, int distinctStrings) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      double wide = Double.longBitsToDouble(random.nextLong());
      Object number = Double.isFinite(wide) && random.nextInt(4) > 0 ? (Object) wide : null;
      Object text = random.nextInt(5) == 0 ? null : "s" + random.nextInt(distinctStrings);
      Object names = List.of("a", "b").subList(0, random.nextInt(3));
      rows.add(
          new Row(
              observation,
              Tables.finish(
                  number,
                  random.nextLong(),
                  random.nextBoolean(),
                  text,
                  List.of(random.nextGaussian(), 1e300 * random.nextGaussian()),
                  names)));
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 990, 5_000})
  void neitherOrderNorPartsMatter(int distinctStrings) throws IOException {
    for (long seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      List<Row> rows = randomRows(random, distinctStrings);
      byte[] whole = bytes(profile(rows));
      Collections.shuffle(rows, random);
      List<TableProfile> parts = new ArrayList<>();
      int from = 0;
      while (from < rows.size()) {
        int to = Math.min(rows.size(), from + random.nextInt(1_000));
        parts.add(reread(profile(rows.subList(from, to))));
        from = to;
      }
      while (parts.size() > 1) {
        TableProfile merged = parts.remove(random.nextInt(parts.size()));
        parts.get(random.nextInt(parts.size())).merge(merged);
      }
      assertThat(bytes(parts.get(0))).as("seed %d", seed).isEqualTo(whole);
      assertThat(parts.get(0).columns()).isEqualTo(profile(rows).columns());
      assertThat(parts.get(0).contentHash()).isEqualTo(profile(rows).contentHash());
    }
  }

  private TableProfile reread(TableProfile profile) throws IOException {
    return TableProfile.read(schema, new DataInputStream(new ByteArrayInputStream(bytes(profile))));
  }

  @Test
  void theHashTellsRowsApart() {
    List<Row> rows = randomRows(new Random(1), 10);
    String whole = profile(rows).contentHash();
    assertThat(whole).matches("[0-9a-f]{32}");
    assertThat(profile(rows.subList(1, rows.size())).contentHash()).isNotEqualTo(whole);
    List<Row> twice = new ArrayList<>(rows.subList(1, rows.size()));
    twice.add(twice.get(0));
    assertThat(profile(twice).contentHash()).isNotEqualTo(whole);
    List<Row> swapped = new ArrayList<>(rows);
    FinishedRow first = Tables.finish(1.0, 2L, null, "a", List.of(), null);
    FinishedRow second = Tables.finish(1.0, 2L, null, "b", List.of(), null);
    swapped.set(0, new Row(observation, first));
    String before = profile(swapped).contentHash();
    swapped.set(0, new Row(observation, second));
    assertThat(profile(swapped).contentHash()).isNotEqualTo(before);
  }

  @Test
  void countsValuesNullsAndDefaults() {
    TableProfile profile =
        profile(
            List.of(
                new Row(observation, Tables.finish(2.0, 7L, true, "x", List.of(1.0), null)),
                new Row(observation, Tables.finish(null, null, null, "x", List.of(3.0), null))));
    ColumnProfile doubles = profile.columns().get("f_double");
    assertThat(doubles.count()).isEqualTo(2);
    assertThat(doubles.nulls()).isZero();
    assertThat(doubles.defaults()).isEqualTo(1);
    assertThat(doubles.mean()).isEqualTo(1.0);
    assertThat(doubles.stddev()).isEqualTo(1.0);
    assertThat(doubles.min()).isEqualTo(0.0);
    assertThat(doubles.max()).isEqualTo(2.0);
    assertThat(doubles.histogram())
        .containsExactly(
            new ColumnProfile.Bucket(0.0, Double.MIN_VALUE, 1),
            new ColumnProfile.Bucket(2.0, 2.5, 1));
    ColumnProfile longs = profile.columns().get("f_long");
    assertThat(longs.count()).isEqualTo(1);
    assertThat(longs.nulls()).isEqualTo(1);
    assertThat(longs.defaults()).isEqualTo(1);
    assertThat(longs.max()).isEqualTo(7L);
    ColumnProfile strings = profile.columns().get("f_string");
    assertThat(strings.distinct()).isEqualTo(1);
    assertThat(strings.top()).containsExactly(new ColumnProfile.Frequent("x", 2));
    assertThat(profile.columns().get("f_list").elementMeans()).containsExactly(2.0);
    assertThat(profile.columns().get("f_names").lengths().mean()).isNull();
    assertThat(profile.columns().get("n").nulls()).isEqualTo(2);
    assertThat(profile.columns().get("ok").top())
        .containsExactly(new ColumnProfile.Frequent("true", 2));
    assertThat(profile.columns().keySet())
        .containsExactly(
            "at",
            "label",
            "ok",
            "n",
            "f_double",
            "f_long",
            "f_bool",
            "f_string",
            "f_list",
            "f_names");
  }

  @Test
  void meanAndDeviationAreExact() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      double scale = Math.scalb(1.0, random.nextInt(600) - 300);
      double offset = random.nextInt(3) * 1e9 * scale;
      double[] values =
          DoubleStream.generate(() -> offset + scale * random.nextGaussian()).limit(500).toArray();
      NumberStatistics statistics = new NumberStatistics();
      BigDecimal sum = BigDecimal.ZERO;
      for (double value : values) {
        statistics.add(value);
        sum = sum.add(new BigDecimal(value));
      }
      BigDecimal mean = sum.divide(BigDecimal.valueOf(values.length), new MathContext(400));
      BigDecimal squares = BigDecimal.ZERO;
      for (double value : values) {
        squares = squares.add(new BigDecimal(value).subtract(mean).pow(2));
      }
      MathContext precision = new MathContext(60);
      double deviation =
          squares
              .divide(BigDecimal.valueOf(values.length), precision)
              .sqrt(precision)
              .doubleValue();
      assertThat(statistics.numbers().mean()).as("seed %d", seed).isEqualTo(mean.doubleValue());
      assertThat(statistics.numbers().stddev()).as("seed %d", seed).isEqualTo(deviation);
    }
  }

  @Test
  void bucketsAreHalfOpenAndHoldEveryNumberOnce() {
    Random random = new Random(3);
    List<Double> values = new ArrayList<>();
    for (double edge : new double[] {1.0, 1.25, 2.0, 0x1p-1022, 5e-324, 0x1p1023}) {
      values.addAll(List.of(edge, -edge, Math.nextUp(edge), -Math.nextUp(edge)));
      values.addAll(List.of(Math.nextDown(edge), -Math.nextDown(edge)));
    }
    for (int i = 0; i < 2_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      values.add(Double.isFinite(value) ? value : -Double.MAX_VALUE);
    }
    NumberStatistics statistics = new NumberStatistics();
    values.forEach(value -> statistics.add((double) value));
    List<ColumnProfile.Bucket> histogram = statistics.numbers().histogram();
    for (ColumnProfile.Bucket bucket : histogram) {
      assertThat(values.stream().filter(v -> v >= bucket.from() && v < bucket.to()).count())
          .as("seed 3, %s", bucket)
          .isEqualTo(bucket.count());
    }
    assertThat(histogram.stream().mapToLong(ColumnProfile.Bucket::count).sum())
        .isEqualTo(values.size());
    for (int i = 1; i < histogram.size(); i++) {
      assertThat(histogram.get(i).from()).isGreaterThanOrEqualTo(histogram.get(i - 1).to());
    }
  }

  @Test
  void extremesAndWhatIsNoNumber() {
    NumberStatistics statistics = new NumberStatistics();
    statistics.add(Double.NaN);
    statistics.add(Double.NEGATIVE_INFINITY);
    assertThat(statistics.numbers())
        .isEqualTo(new ColumnProfile.Numbers(null, null, null, null, List.of()));
    statistics.add(Double.MAX_VALUE);
    statistics.add(-Double.MAX_VALUE);
    assertThat(statistics.nonFinite()).isEqualTo(2);
    assertThat(statistics.numbers().mean()).isZero();
    assertThat(statistics.numbers().stddev()).isEqualTo(Double.MAX_VALUE);
    NumberStatistics longs = new NumberStatistics();
    longs.add(Long.MIN_VALUE);
    longs.add(Long.MAX_VALUE - 1);
    assertThat(longs.numbers().min()).isEqualTo(Long.MIN_VALUE);
    assertThat(longs.numbers().max()).isEqualTo(Long.MAX_VALUE - 1);
  }

  @Test
  void tooManyDistinctValuesAreForgotten() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i <= 1_000; i++) {
      rows.add(new Row(observation, Tables.finish(1.0, 1L, true, "s" + i, List.of(), List.of())));
    }
    assertThat(profile(rows.subList(0, 1_000)).columns().get("f_string").distinct())
        .isEqualTo(1_000);
    assertThat(profile(rows.subList(0, 1_000)).columns().get("f_string").top())
        .hasSize(20)
        .first()
        .isEqualTo(new ColumnProfile.Frequent("s0", 1));
    assertThat(profile(rows).columns().get("f_string").distinct()).isEqualTo(">1000");
    assertThat(profile(rows).columns().get("f_string").top()).isNull();
  }

  @Test
  void observationsOfEveryFormatAreProfiled() throws IOException {
    ObservationFile file =
        Tables.observations(folder, "{\"at\":\"2026-05-01T10:00:00Z\",\"deep\":[1]}");
    TableProfile profile = new TableProfile(new TableSchema(file.codec(), List.of()));
    for (Observation row : Tables.rows(file)) {
      profile.add(row.payload(), new FinishedRow(new Object[0], new boolean[0]));
    }
    assertThat(profile.columns().get("at").type()).isEqualTo("timestamp");
    assertThat(profile.columns().get("at").max()).isEqualTo(1_777_629_600_000L);
    assertThat(profile.columns().get("deep").count()).isEqualTo(1);
  }
}
