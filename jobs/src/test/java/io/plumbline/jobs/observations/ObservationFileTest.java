package io.plumbline.jobs.observations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationFileTest {
  private static final long TEN = 1_777_629_600_000L; // 2026-05-01T10:00:00Z

  private static final ObservationOptions NO_KEYS =
      new ObservationOptions("at", List.of(), List.of());
  private static final ObservationOptions BY_USER = options(KeyColumn.Type.STRING);

  @TempDir Path folder;

  private static ObservationOptions options(KeyColumn.Type type) {
    return new ObservationOptions(
        "at", List.of(new KeyColumn("user", "customer", type)), List.of("spend"));
  }

  private Path file(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    if (name.endsWith(".gz")) {
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
        out.write(bytes);
      }
      bytes = zipped.toByteArray();
    }
    return Files.write(file, bytes);
  }

  private Path parquet(String select) throws SQLException {
    Path file = folder.resolve("o.parquet");
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "COPY (" + select + ") TO '" + file + "' (FORMAT parquet, ROW_GROUP_SIZE 2048)");
    }
    return file;
  }

  private static List<Observation> rows(ObservationFile file) {
    List<Observation> rows = new ArrayList<>();
    for (ObservationSplit split : file.splits()) {
      try (ObservationIterator observations = file.read(split)) {
        observations.forEachRemaining(rows::add);
      }
    }
    return rows;
  }

  private static List<String> json(ObservationFile file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Observation row : rows(file)) {
      JsonBuffer json = new JsonBuffer();
      json.beginLine();
      file.codec().writeJson(row.payload(), json);
      json.endLine();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      json.drainTo(out);
      lines.add(out.toString(StandardCharsets.UTF_8).stripTrailing());
    }
    return lines;
  }

  private static List<ColumnType> types(ObservationFile file) {
    return file.summary().columns().stream().map(ObservationColumn::type).toList();
  }

  @Nested
  class JsonLines {
    @Test
    void keepsEveryValueAsItWasWritten() throws IOException {
      String[] lines = {
        "{\"row\":0,\"at\":\"2026-05-01T10:00:00Z\",\"user\":\"K\\u00f6ln\",\"x\":1.50,\"deep\":{\"a\": [1, null]}}",
        "{\"row\":1,\"at\":1777629600001,\"user\":\"😀 \\\" \\n\",\"x\":5e-324,\"deep\":[]}",
        "{\"row\":2,\"at\":1777629600002.7,\"user\":null,\"x\":-9223372036854775808,\"deep\":123456789012345678901234567890}",
      };
      ObservationFile file = ObservationFile.open(file("o.jsonl", lines), BY_USER);
      assertThat(json(file)).containsExactly(lines);
      assertThat(rows(file)).extracting(Observation::at).containsExactly(TEN, TEN + 1, TEN + 2);
      assertThat(rows(file))
          .extracting(row -> row.keys()[0])
          .containsExactly("Köln", "😀 \" \n", null);
      assertThat(file.summary().minAt()).isEqualTo(TEN);
      assertThat(file.summary().maxAt()).isEqualTo(TEN + 2);
      assertThat(file.summary().rows()).isEqualTo(3);
    }

    @Test
    void infersTypesAndFillsWhatIsMissing() throws IOException {
      ObservationFile file =
          ObservationFile.open(
              file(
                  "o.jsonl",
                  "{\"at\":1,\"a\":1,\"b\":true,\"c\":\"2026-05-01T10:00:00.000001Z\",\"d\":\"x\",\"e\":1}",
                  "",
                  "{\"at\":2,\"d\":5,\"a\":2.5,\"e\":[2],\"late\":9,\"c\":null}"),
              NO_KEYS);
      assertThat(types(file))
          .containsExactly(
              ColumnType.LONG,
              ColumnType.DOUBLE,
              ColumnType.BOOLEAN,
              ColumnType.TIMESTAMP,
              ColumnType.STRING,
              ColumnType.OTHER,
              ColumnType.LONG);
      assertThat(json(file).get(1))
          .isEqualTo("{\"at\":2,\"a\":2.5,\"b\":null,\"c\":null,\"d\":5,\"e\":[2],\"late\":9}");
      Object[] values = file.codec().values(rows(file).get(0).payload());
      assertThat(values).containsExactly(1L, 1.0, true, TEN, "x", Cells.OTHER, null);
      assertThat(file.codec().values(rows(file).get(1).payload())[4]).isEqualTo("5");
    }

    @Test
    void castsKeysToTheSourcesType() throws IOException {
      Path path =
          file(
              "o.jsonl",
              "{\"at\":1,\"user\":7}",
              "{\"at\":2,\"user\":\"7\"}",
              "{\"at\":3,\"user\":9007199254740993}");
      assertThat(rows(ObservationFile.open(path, options(KeyColumn.Type.STRING))))
          .extracting(row -> row.keys()[0])
          .containsExactly("7", "7", "9007199254740993");
      assertThat(rows(ObservationFile.open(path, options(KeyColumn.Type.LONG))))
          .extracting(row -> row.keys()[0])
          .containsExactly(7L, 7L, 9007199254740993L);
    }

    @Test
    void readsLinesOfAnyLengthAndEnd() throws IOException {
      String large = "y".repeat(200_000);
      Path path =
          Files.writeString(
              folder.resolve("o.jsonl"),
              "\ufeff{\"at\":1,\"user\":\"" + large + "\"}\r\n\r\n{\"at\":2,\"user\":\"z\"}");
      assertThat(rows(ObservationFile.open(path, BY_USER)))
          .extracting(row -> row.keys()[0])
          .containsExactly(large, "z");
    }

    @Test
    void unzips() throws IOException {
      ObservationFile file =
          ObservationFile.open(file("o.jsonl.gz", "{\"at\":1}", "{\"at\":2}"), NO_KEYS);
      assertThat(json(file)).containsExactly("{\"at\":1}", "{\"at\":2}");
    }

    @Test
    void sortsByTimeThenRow() throws IOException {
      ObservationFile file =
          ObservationFile.open(
              file("o.jsonl", "{\"at\":5}", "{\"at\":-3}", "{\"at\":5}", "{\"at\":4}"), NO_KEYS);
      assertThat(file.sortedByTime()).extracting(Observation::row).containsExactly(1L, 3L, 0L, 2L);
    }
  }

  @Nested
  class Csv {
    @Test
    void tellsNumbersFromNames() throws IOException {
      ObservationFile file =
          ObservationFile.open(
              file(
                  "o.csv",
                  "user,at,n,x,ok,note,zip",
                  "7,2026-05-01T10:00:00Z,1,1.50,True,\"a \"\"b\"\", c\",00501",
                  "8,1777629600001,-2,3,false,\"\",10001",
                  ",2026-05-01T12:00:00.002+02:00,,,,,"),
              BY_USER);
      assertThat(json(file))
          .containsExactly(
              "{\"user\":7,\"at\":\"2026-05-01T10:00:00Z\",\"n\":1,\"x\":1.50,\"ok\":true,"
                  + "\"note\":\"a \\\"b\\\", c\",\"zip\":\"00501\"}",
              "{\"user\":8,\"at\":\"1777629600001\",\"n\":-2,\"x\":3,\"ok\":false,\"note\":\"\","
                  + "\"zip\":\"10001\"}",
              "{\"user\":null,\"at\":\"2026-05-01T12:00:00.002+02:00\",\"n\":null,\"x\":null,"
                  + "\"ok\":null,\"note\":null,\"zip\":null}");
      assertThat(rows(file)).extracting(Observation::at).containsExactly(TEN, TEN + 1, TEN + 2);
      assertThat(rows(file)).extracting(row -> row.keys()[0]).containsExactly("7", "8", null);
    }

    @Test
    void namesTheLineOfABrokenRow() throws IOException {
      Path path = file("o.csv", "at,a", "1,\"two", "lines\"", "2");
      assertThatThrownBy(() -> ObservationFile.open(path, NO_KEYS))
          .isInstanceOf(UserError.class)
          .hasMessage(path + ": line 4: has 1 cells, the header has 2");
    }
  }

  @Nested
  class Parquet {
    @Test
    void keepsTypesAndNestedValues() throws Exception {
      Path path =
          parquet(
              "SELECT TIMESTAMP '2026-05-01 10:00:00.000999' AS at, 7::INTEGER AS \"user\","
                  + " 1.25::DECIMAL(9,2) AS price, DATE '2026-05-01' AS day, [1,NULL,3] AS list,"
                  + " {'a': 'x', 'b': [{'c': 1}]} AS \"my struct\", MAP {'k': 1.5} AS map,"
                  + " 'é😀' AS name, 0.1::FLOAT AS f, []::INTEGER[] AS none, NULL::DOUBLE AS d");
      ObservationFile file = copy(ObservationFile.open(path, BY_USER));
      assertThat(json(file))
          .containsExactly(
              "{\"at\":\"2026-05-01T10:00:00.000999Z\",\"user\":7,\"price\":1.25,"
                  + "\"day\":\"2026-05-01\",\"list\":[1,null,3],"
                  + "\"my struct\":{\"a\":\"x\",\"b\":[{\"c\":1}]},\"map\":{\"k\":1.5},"
                  + "\"name\":\"é😀\",\"f\":0.1,\"none\":[],\"d\":null}");
      Observation row = rows(file).get(0);
      assertThat(row.at()).isEqualTo(TEN);
      assertThat(row.keys()).containsExactly("7");
      assertThat(file.codec().values(row.payload()))
          .containsExactly(
              TEN,
              7L,
              1.25,
              1_777_593_600_000L,
              Cells.OTHER,
              Cells.OTHER,
              Cells.OTHER,
              "é😀",
              (double) 0.1f,
              Cells.OTHER,
              null);
    }

    @Test
    void splitsAreRowGroupsWithTheirPlaceInTheFile() throws Exception {
      ObservationFile file =
          ObservationFile.open(
              parquet("SELECT 1000 - i AS at, 'u' || i AS \"user\" FROM range(5000) t(i)"),
              BY_USER);
      assertThat(file.splits()).extracting(ObservationSplit::firstRow).contains(0L, 2048L, 4096L);
      List<Observation> rows = rows(file);
      assertThat(rows).hasSize(5000);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).row()).isEqualTo(i);
        assertThat(rows.get(i).at()).isEqualTo(1000 - i);
        assertThat(rows.get(i).keys()).containsExactly("u" + i);
      }
      assertThat(file.summary().minAt()).isEqualTo(-3999);
      assertThat(file.summary().maxAt()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "TIMESTAMPTZ '2026-05-01 10:00:00Z' | 1777629600000",
          "TIMESTAMP_MS '2026-05-01 10:00:00' | 1777629600000",
          "TIMESTAMP_NS '1969-12-31 23:59:59.999999999' | -1",
          "TIMESTAMP '1969-12-31 23:59:59.999999' | -1",
          "DATE '2026-05-01' | 1777593600000",
          "'2026-05-01T10:00:00Z' | 1777629600000",
          "1777629600000.9::DOUBLE | 1777629600000",
          "-5::INTEGER | -5"
        })
    void readsTimes(String expression, long expected) throws Exception {
      ObservationFile file =
          ObservationFile.open(parquet("SELECT " + expression + " AS at"), NO_KEYS);
      assertThat(rows(file)).extracting(Observation::at).containsExactly(expected);
      assertThat(file.summary().minAt()).isEqualTo(expected);
    }

    @Test
    void namesRowsThatAreWrong() throws Exception {
      Path path =
          parquet(
              "SELECT CASE WHEN i = 3 THEN NULL ELSE i END AS at,"
                  + " CASE WHEN i >= 2100 THEN 'x' ELSE '1' END AS \"user\" FROM range(2102) t(i)");
      assertThatThrownBy(() -> ObservationFile.open(path, options(KeyColumn.Type.LONG)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(path + ": column at, row 3 (counted from 0): there is no time")
          .hasMessageContaining(
              path
                  + ": column user, row 2100 (counted from 0): \"x\" is not a whole number of 64"
                  + " bits, as the source's long key wants (and 1 more such rows)");
    }

    @Test
    void refusesWhatIsNotParquet() throws IOException {
      Path path = file("o.parquet", "PAR0 this is something else altogether");
      assertThatThrownBy(() -> ObservationFile.open(path, NO_KEYS))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(path + ": cannot be read as Parquet: ");
    }

    @Test
    void refusesATableWithoutRows() throws Exception {
      Path path = parquet("SELECT 1 AS at WHERE false");
      assertThatThrownBy(() -> ObservationFile.open(path, NO_KEYS))
          .isInstanceOf(UserError.class)
          .hasMessage(path + ": has no rows; a training table needs observations");
    }

    private ObservationFile copy(ObservationFile file) throws Exception {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(file);
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        return (ObservationFile) in.readObject();
      }
    }
  }

  @Nested
  class Mistakes {
    private void refused(Path path, ObservationOptions options, String... parts) {
      assertThatThrownBy(() -> ObservationFile.open(path, options))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(path.toString())
          .hasMessageContainingAll(parts);
    }

    @Test
    void noSuchFile() {
      refused(folder.resolve("none.csv"), NO_KEYS, "there is no such file");
    }

    @Test
    void aFolder() {
      refused(folder, NO_KEYS, "is a folder");
    }

    @Test
    void anUnknownFormat() throws IOException {
      refused(file("o.xlsx", "x"), NO_KEYS, ".parquet, .csv or .jsonl");
    }

    @Test
    void noRows() throws IOException {
      refused(Files.createFile(folder.resolve("empty.jsonl")), NO_KEYS, "has no rows");
      refused(file("header.csv", "at,user"), NO_KEYS, "has no rows");
      refused(file("blank.jsonl", "", " "), NO_KEYS, "has no rows");
      refused(file("blank.jsonl.gz", ""), NO_KEYS, "has no rows");
    }

    @Test
    void columnsThatAreMissingOrTaken() throws IOException {
      Path path = file("o.jsonl", "{\"time\":1,\"spend\":2}", "{\"time\":1,\"spend\":2}");
      refused(
          path,
          BY_USER,
          "there is no timestamp column at; the columns are time, spend; name the one that says when"
              + " each row was observed with --timestamp NAME",
          "there is no column user, a key of entity customer; the columns are time, spend",
          "column spend has the name of a feature's column");
    }

    @Test
    void timesThatAreMissingOrNone() throws IOException {
      refused(
          file("o.jsonl", "{\"at\":1,\"user\":1}", "", "{\"user\":1}"),
          BY_USER,
          "column at, line 3: there is no time");
      refused(
          file("o.csv", "at", "1", "yesterday", "2026-05-01T10:00:00"),
          NO_KEYS,
          "column at, line 3: \"yesterday\" is not a time; write epoch milliseconds or ISO-8601 with"
              + " a zone, as in 2026-05-01T10:00:00Z (and 1 more such rows)");
      refused(file("p.jsonl", "{\"at\":[1]}"), NO_KEYS, "line 1: (nested or binary value) is not");
    }

    @Test
    void keysThatCannotBeCast() throws IOException {
      refused(
          file("o.jsonl", "{\"at\":1,\"user\":\"7x\"}"),
          options(KeyColumn.Type.LONG),
          "column user, line 1: \"7x\" is not a whole number of 64 bits");
      refused(
          file("p.jsonl", "{\"at\":1,\"user\":1.5}"),
          options(KeyColumn.Type.LONG),
          "line 1: 1.5 is not a whole number");
      refused(
          file("q.jsonl", "{\"at\":1,\"user\":true}"),
          options(KeyColumn.Type.STRING),
          "line 1: true is not a string or a whole number");
    }

    @Test
    void linesThatAreNoObjects() throws IOException {
      refused(file("a.jsonl", "{\"at\":1}", "{\"at\":"), NO_KEYS, "line 2: is not JSON");
      refused(file("b.jsonl", "[1]"), NO_KEYS, "line 1: is not a JSON object");
      refused(file("c.jsonl", "{\"at\":1} {}"), NO_KEYS, "line 1: goes on after its JSON object");
      refused(file("d.jsonl", "{\"at\":1,\"at\":2}"), NO_KEYS, "line 1: has at twice");
      Path latin = folder.resolve("e.jsonl");
      Files.write(latin, "{\"at\":1,\"x\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
      refused(latin, NO_KEYS, "line 1: is not JSON: Invalid UTF-8");
      Path csv = folder.resolve("e.csv");
      Files.write(csv, "at,x\n1,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
      refused(csv, NO_KEYS, "cannot be read as CSV: it is not UTF-8");
    }

    @Test
    void aFileThatIsNotZipped() throws IOException {
      Path path = Files.writeString(folder.resolve("o.csv.gz"), "at\n1\n");
      refused(path, NO_KEYS, "cannot be read as CSV: Not in GZIP format");
    }

    @Test
    void aFileThatChangesWhileItIsRead() throws IOException {
      Path path = file("o.jsonl", "{\"at\":1}", "{\"at\":2}");
      ObservationFile file = ObservationFile.open(path, NO_KEYS);
      file("o.jsonl", "{\"at\":1}");
      assertThatThrownBy(() -> rows(file))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("changed while it was read");
    }
  }
}
