package io.plumbline.jobs.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.importing.ImportFixture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other engines read the lake as it is, and the import reads what they write. */
class DuckDbTest {
  private static final Schema SCHEMA =
      ImportFixture.schema(
          "{'name':'id','type':'string'},"
              + "{'name':'at','type':{'type':'long','logicalType':'timestamp-micros'}},"
              + "{'name':'n','type':['null','long'],'default':null},"
              + "{'name':'d','type':'double','default':0.5},"
              + "{'name':'v','type':['null',{'type':'array','items':['null','double']}],"
              + "'default':null},"
              + "{'name':'r','type':['null',{'type':'record','name':'N','fields':["
              + "{'name':'k','type':'string'}]}],'default':null}");

  @TempDir Path folder;

  @Test
  void readsTheLakeWithTypesAndPartitions() throws SQLException {
    ImportFixture lake = new ImportFixture(folder, SCHEMA);
    lake.load(
        lake.file(
            "pay.jsonl",
            "{\"id\": \"a\", \"at\": 1500000, \"n\": 3, \"v\": [1, null], \"r\": {\"k\": \"x\"},"
                + " \"_ingested_at\": 3600000, \"_partition\": 1, \"_offset\": 9}",
            "{\"id\": \"b\", \"at\": 1, \"_ingested_at\": 1}",
            "{\"id\": 5, \"_ingested_at\": 1}"));
    String files = "read_parquet('" + lake.lake + "/pay/*/*/*.parquet', hive_partitioning = true)";
    assertThat(query("select id, n, d, v, r.k, _partition, _offset, date, hour from " + files))
        .containsExactly(
            "b null 0.5 null null -1 0 1970-01-01 00", "a 3 0.5 [1.0, null] x 1 9 1970-01-01 01");
    assertThat(query("select epoch_ms(_ingested_at), epoch_us(\"at\") from " + files))
        .containsExactly("1 1", "3600000 1500000");
    assertThat(
            query(
                "select typeof(\"at\"), typeof(_ingested_at), typeof(v) from "
                    + files
                    + " limit 1"))
        .containsExactly("TIMESTAMP WITH TIME ZONE TIMESTAMP WITH TIME ZONE DOUBLE[]");
    assertThat(
            query(
                "select _reason, decode(_payload) from read_parquet('"
                    + lake.lake
                    + "/_malformed/pay/*/*/*.parquet')"))
        .containsExactly("id: expected string, found integer {\"id\": 5, \"_ingested_at\": 1}");
  }

  @Test
  void importsParquetOfAnotherEngine() throws SQLException {
    Path input = folder.resolve("history.parquet");
    query(
        "copy (select * from (values "
            + "('a', timestamp '1970-01-01 00:00:01.5', 3::int, 1.5::float, [1.0::double, null], {'k': 'x'}, 7::bigint),"
            + "(null, timestamp '1970-01-01 00:00:02', 4::int, 2.5::float, null, null, 8::bigint)"
            + ") t(id, \"at\", n, d, v, r, \"logged at\")) to '"
            + input
            + "' (format parquet)");
    ImportFixture lake = new ImportFixture(folder, SCHEMA);
    assertThat(lake.load("logged at", TimeText.ISO, input).malformed())
        .containsOnlyKeys("id: null");
    assertThat(lake.events())
        .containsExactly(
            "{\"id\": \"a\", \"at\": 1500000, \"n\": 3, \"d\": 1.5, \"v\": [1.0, null],"
                + " \"r\": {\"k\": \"x\"}} @7 -1:0");
  }

  @Test
  void importsItsOwnLakeWithPositionsKept() {
    ImportFixture lake = new ImportFixture(folder, SCHEMA);
    lake.load(
        lake.file(
            "pay.jsonl",
            "{\"id\": \"a\", \"at\": 1, \"_ingested_at\": -5, \"_partition\": 3, \"_offset\": 8}"));
    Path file = LakePlan.all(lake.lake, lake.source).files().get(0).path();
    ImportFixture copy = new ImportFixture(folder.resolve("copy"), SCHEMA);
    copy.folder.toFile().mkdir();
    copy.load(file);
    assertThat(copy.events()).isEqualTo(lake.events()).hasSize(1);
  }

  @Test
  void refusesColumnsOfAnotherType() throws SQLException {
    Path input = folder.resolve("history.parquet");
    query("copy (select 'a' id, 'x' as \"at\") to '" + input + "' (format parquet)");
    ImportFixture lake = new ImportFixture(folder, SCHEMA);
    assertThatThrownBy(() -> lake.load(input))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("history.parquet")
        .hasMessageContaining("column at");
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      List<String> rows = new ArrayList<>();
      if (!statement.execute(sql)) {
        return rows;
      }
      ResultSet result = statement.getResultSet();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.add(String.join(" ", row));
      }
      return rows;
    }
  }
}
