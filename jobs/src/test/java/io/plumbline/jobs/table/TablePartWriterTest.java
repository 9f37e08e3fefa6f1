package io.plumbline.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plumbline.definition.ValueType;
import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablePartWriterTest {
  private static final String[] OBSERVATIONS = {
    "{\"at\":\"2026-05-01T10:00:00Z\",\"label\":0,\"x\":1.50,\"deep\":{\"a\": [1]},\"mix\":\"s\"}",
    "{\"at\":\"2026-05-01T10:00:00.000001Z\",\"label\":1,\"x\":null,\"deep\":null,\"mix\":7}",
  };

  @TempDir Path folder;

  private byte[] write(TableFormat format, ObservationFile file, List<FinishedRow> features)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TableSchema schema = new TableSchema(file.codec(), Tables.FEATURES);
    TablePartWriter writer = TablePartWriter.create(format, schema, out);
    List<Observation> rows = Tables.rows(file);
    for (int i = 0; i < rows.size(); i++) {
      writer.write(rows.get(i).payload(), features.get(i % features.size()));
    }
    writer.finish();
    return out.toByteArray();
  }

  private List<String> query(String sql) throws SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          cells.add(String.valueOf(result.getObject(i)));
        }
        rows.add(String.join(" | ", cells));
      }
      return rows;
    }
  }

  private static List<FinishedRow> twoRows() {
    return List.of(
        Tables.finish(
            5e-324, Long.MIN_VALUE, true, "Köln 😀 \"\\\n\u0001", List.of(0.1, -2.0), List.of("a")),
        Tables.finish(null, null, null, null, null, null));
  }

  @Test
  void duckDbReadsTypedColumns() throws Exception {
    ObservationFile file = Tables.observations(folder, OBSERVATIONS);
    Path part = folder.resolve("part.parquet");
    Files.write(part, write(TableFormat.PARQUET, file, twoRows()));
    assertThat(query("SELECT column_name, column_type FROM (DESCRIBE FROM '" + part + "')"))
        .containsExactly(
            "at | TIMESTAMP WITH TIME ZONE",
            "label | BIGINT",
            "x | DOUBLE",
            "deep | VARCHAR",
            "mix | VARCHAR",
            "f_double | DOUBLE",
            "f_long | BIGINT",
            "f_bool | BOOLEAN",
            "f_string | VARCHAR",
            "f_list | DOUBLE[]",
            "f_names | VARCHAR[]");
    assertThat(query("SELECT epoch_us(\"at\"), * EXCLUDE (\"at\") FROM '" + part + "'"))
        .containsExactly(
            "1777629600000000 | 0 | 1.5 | {\"a\": [1]} | s | 4.9E-324 | -9223372036854775808 | true"
                + " | Köln 😀 \"\\\n\u0001 | [0.1, -2.0] | [a]",
            "1777629600000001 | 1 | null | null | 7 | 0.0 | null | null | none | [] | null");
  }

  @Test
  void jsonKeepsObservationsAsTheyWereAndEscapesStrings() throws Exception {
    ObservationFile file = Tables.observations(folder, OBSERVATIONS);
    String json =
        new String(write(TableFormat.JSON_LINES, file, twoRows()), StandardCharsets.UTF_8);
    assertThat(json.lines())
        .containsExactly(
            OBSERVATIONS[0].substring(0, OBSERVATIONS[0].length() - 1)
                + ",\"f_double\":4.9E-324,\"f_long\":-9223372036854775808,\"f_bool\":true,"
                + "\"f_string\":\"Köln 😀 \\\"\\\\\\u000a\\u0001\",\"f_list\":[0.1,-2.0],"
                + "\"f_names\":[\"a\"]}",
            OBSERVATIONS[1].substring(0, OBSERVATIONS[1].length() - 1)
                + ",\"f_double\":0.0,\"f_long\":null,\"f_bool\":null,\"f_string\":\"none\","
                + "\"f_list\":[],\"f_names\":null}");
  }

  @Test
  void jsonNumbersReadBackAsTheSameBits() throws Exception {
    Random random = new Random(7);
    List<Double> doubles = new ArrayList<>(List.of(5e-324, 1e-320, 0.1, 1e22, 1e23, 2e-3, 1e7));
    doubles.addAll(List.of(Double.MAX_VALUE, Double.MIN_NORMAL, 9007199254740993.0, -1.0));
    while (doubles.size() < 20_000) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        doubles.add(value);
      }
    }
    List<FinishedRow> features =
        doubles.stream().map(d -> Tables.finish(d, null, null, null, null, null)).toList();
    String[] lines = new String[doubles.size()];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "{\"at\":" + i + "}";
    }
    byte[] json = write(TableFormat.JSON_LINES, Tables.observations(folder, lines), features);
    JsonMapper mapper = new JsonMapper();
    int i = 0;
    for (String line : new String(json, StandardCharsets.UTF_8).lines().toList()) {
      JsonNode node = mapper.readTree(line);
      assertThat(Double.parseDouble(node.get("f_double").asText()))
          .as("value %d with seed 7", i)
          .isEqualTo(doubles.get(i++));
    }
    assertThat(i).isEqualTo(doubles.size());
  }

  @Test
  void halfASurrogatePairIsEscaped() throws Exception {
    ObservationFile file = Tables.observations(folder, "{\"at\":1}");
    List<FinishedRow> features = List.of(Tables.finish(null, null, null, "x\ud83d", null, null));
    assertThat(new String(write(TableFormat.JSON_LINES, file, features), StandardCharsets.UTF_8))
        .contains("\"f_string\":\"x\\ud83d\"");
  }

  @Test
  void parquetObservationsKeepTheirTypesInParquet() throws Exception {
    Path source = folder.resolve("observations.parquet");
    String select =
        "SELECT TIMESTAMP '2026-05-01 10:00:00' AS at, i::SMALLINT AS s, (i / 4)::DECIMAL(9,2) AS d,"
            + " DATE '2026-05-01' AS day, CASE WHEN i % 2 = 0 THEN [i, NULL, 3] END AS list,"
            + " {'a': [[i]], 'b': MAP {'k': [i]}} AS \"my struct\", uuid() AS u, i % 2 = 0 AS b,"
            + " 'v' || (i % 3) AS v, CASE WHEN i > 2 THEN encode('x' || i) END AS bytes"
            + " FROM range(5000) t(i)";
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute("COPY (" + select + ") TO '" + source + "' (FORMAT parquet)");
    }
    Path part = folder.resolve("part.parquet");
    Files.write(part, write(TableFormat.PARQUET, Tables.open(source), twoRows()));
    String columns = "\"at\", s, d, day, list, \"my struct\", u, b, v, bytes";
    for (String[] both : new String[][] {{source + "", part + ""}, {part + "", source + ""}}) {
      String missing =
          "SELECT count(*) FROM (SELECT %1$s FROM '%2$s' EXCEPT ALL SELECT %1$s FROM '%3$s')";
      assertThat(query(missing.formatted(columns, both[0], both[1]))).containsExactly("0");
    }
    String describe = "SELECT column_type FROM (DESCRIBE SELECT " + columns + " FROM '%s')";
    assertThat(query(describe.formatted(part))).isEqualTo(query(describe.formatted(source)));
  }

  @Test
  void theStreamStaysOpen() throws Exception {
    for (TableFormat format : TableFormat.values()) {
      OutputStream out =
          new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
              throw new IOException("closed");
            }
          };
      TableSchema schema =
          new TableSchema(Tables.observations(folder, "{\"at\":1}").codec(), Tables.FEATURES);
      TablePartWriter.create(format, schema, out).finish();
    }
  }

  @Test
  void twoColumnsOfOneNameAreRefused() throws IOException {
    ObservationFile file = Tables.observations(folder, "{\"at\":1}");
    List<FeatureColumn> features = List.of(new FeatureColumn("at", "at:v1", ValueType.LONG, null));
    assertThatThrownBy(() -> new TableSchema(file.codec(), features))
        .hasMessage("two columns have the name at");
  }
}
