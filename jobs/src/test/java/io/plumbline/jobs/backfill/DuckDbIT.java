package io.plumbline.jobs.backfill;

import static io.plumbline.jobs.backfill.Payments.feature;
import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.table.TableFormat;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Plain SQL over the lake's files gives the same training rows as a backfill. */
class DuckDbIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(
                  new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final int HOURS = 72;

  /**
   * A window and the SQL of the times that it holds.
   *
   * @param from first event time, by an observation {@code q}
   * @param to first event time after it
   */
  private record Shape(String name, String yaml, String from, String to) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(
              "sliding",
              "window: {sliding: 6h, every: 1h}",
              "q.at // 3600000 * 3600000 + 3600000 - 21600000",
              "q.at + 1"),
          new Shape(
              "shifted",
              "window: {sliding: 90m, every: 30m, offset: 7m}",
              "(q.at - 420000) // 1800000 * 1800000 + 420000 + 1800000 - 5400000",
              "q.at + 1"),
          new Shape(
              "tumbling", "window: {tumbling: 1d}", "q.at // 86400000 * 86400000", "q.at + 1"),
          new Shape("lifetime", "window: lifetime", "0", "q.at + 1"),
          new Shape(
              "closed",
              "window: {tumbling: 2h}; emit: closed",
              "(q.at - 600000) // 7200000 * 7200000 - 7200000",
              "(q.at - 600000) // 7200000 * 7200000"));

  private static final String ADMITTED =
      """
      CREATE TABLE admitted AS
      SELECT event_id, user_id, amount, epoch_ms(happened_at) AS sent,
             epoch_ms(_ingested_at) AS ingested, _partition, _offset,
             least(epoch_ms(happened_at), epoch_ms(_ingested_at)) AS happened
      FROM read_parquet('%s/pay/*/*/*.parquet', hive_partitioning = false)
      WHERE sent - ingested <= 5000 AND ingested - sent <= 600000
      """;

  private static final String FIRST_COPIES =
      " QUALIFY row_number() OVER (PARTITION BY event_id, sent"
          + " ORDER BY ingested, _partition, _offset) = 1";

  private static String features() {
    StringBuilder features = new StringBuilder();
    for (Shape shape : SHAPES) {
      String entity = "entity: user; " + shape.yaml + "; value: amount; aggregate: ";
      for (String aggregate : List.of("sum", "count", "mean", "last", "min")) {
        features.append(feature(shape.name + "_" + aggregate, entity + aggregate));
      }
    }
    return features.toString();
  }

  /** One query: for each observation the aggregates of what each window holds. */
  private static String expected() {
    StringBuilder columns = new StringBuilder("SELECT o.row, o.at, o.user_id");
    StringBuilder joins = new StringBuilder();
    for (Shape s : SHAPES) {
      for (String aggregate : List.of("sum", "count", "mean", "last", "min")) {
        columns.append(", ").append(s.name).append("_").append(aggregate);
      }
      joins.append(
          """
           LEFT JOIN (SELECT q.row, sum(amount) AS %1$s_sum, count(amount) AS %1$s_count,
                 sum(amount) / count(amount) AS %1$s_mean, min(amount) AS %1$s_min,
                 last(amount ORDER BY happened, ingested, _partition, _offset) AS %1$s_last
               FROM observations q LEFT JOIN admitted e
                 ON e.user_id = q.user_id AND e.ingested <= q.at
                   AND e.happened >= %2$s AND e.happened < %3$s
               GROUP BY q.row) %1$s ON %1$s.row = o.row
          """
              .formatted(s.name, s.from, s.to));
    }
    return columns + " FROM observations o" + joins;
  }

  @Test
  void sqlGivesTheSameRows(@TempDir Path folder) throws Exception {
    Payments payments = new Payments(folder).define(features());
    compare(payments.load(Payments.events(new Random(1), 6_000, HOURS, 0)), "");
  }

  @Test
  void sqlWithoutCopiesGivesTheSameRows(@TempDir Path folder) throws Exception {
    Payments payments = new Payments(folder).define("event_id: event_id", "", features());
    compare(payments.load(Payments.events(new Random(2), 4_000, HOURS, 0.3)), FIRST_COPIES);
  }

  private static void compare(Payments payments, String copies) throws Exception {
    payments.observe(Payments.observations(new Random(3), 800, HOURS));
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      sql.execute("SET TimeZone = 'UTC'");
      sql.execute(ADMITTED.formatted(payments.lake()) + copies);
      sql.execute(
          "CREATE TABLE observations AS SELECT * FROM read_json('"
              + payments.observations()
              + "')");
      sql.execute("CREATE TABLE expected AS " + expected());
      for (RuntimeExecutionMode mode :
          List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
        Path table =
            payments
                .backfill(BackfillRequest.Scope.NEEDED, mode, 2, TableFormat.PARQUET)
                .snapshot();
        String rows =
            "(SELECT * EXCLUDE (item_id) FROM read_parquet('" + table + "/part-*.parquet'))";
        assertThat(differences(sql, "expected", rows)).as("rows that only SQL gives").isEmpty();
        assertThat(differences(sql, rows, "expected"))
            .as("rows that only %s gives", mode)
            .isEmpty();
      }
      assertThat(number(sql, "SELECT count(*) FROM expected")).isEqualTo(800);
      assertThat(number(sql, "SELECT count(sliding_last) FROM expected")).isGreaterThan(300);
      assertThat(number(sql, "SELECT count(closed_last) FROM expected")).isGreaterThan(200);
    }
  }

  private static List<String> differences(Statement sql, String some, String others)
      throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result =
        sql.executeQuery("FROM " + some + " EXCEPT ALL FROM " + others + " ORDER BY row LIMIT 3")) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= columns; c++) {
          row.append(result.getMetaData().getColumnName(c)).append('=');
          row.append(result.getObject(c)).append(' ');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static long number(Statement sql, String query) throws SQLException {
    try (ResultSet result = sql.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }
}
