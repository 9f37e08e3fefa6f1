package io.plumbline.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds two tables of {@link FeatureChoice#TEN} against each other, every row: counts must be
 * equal, and doubles to within 1e-9 of the greater of 1 and the value.
 */
final class TableCheck {
  private static final List<String> EXACT =
      List.of("user_id", "label", "count_1h", "count_24h", "count_7d", "count_all");
  private static final List<String> CLOSE =
      List.of("sum_1h", "sum_24h", "sum_7d", "mean_24h", "max_7d", "last_amount");

  private TableCheck() {}

  /**
   * Compares.
   *
   * @param ours Parquet file or pattern of files
   * @param theirs likewise
   * @return rows compared
   * @throws IllegalStateException if the tables differ, with an example
   */
  static long requireEqual(String ours, String theirs) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = 2");
      statement.execute("CREATE VIEW a AS FROM read_parquet('" + ours + "')");
      statement.execute("CREATE VIEW b AS FROM read_parquet('" + theirs + "')");
      String differs =
          Stream.concat(
                  EXACT.stream().map(c -> "a." + c + " IS DISTINCT FROM b." + c),
                  CLOSE.stream().map(TableCheck::isFar))
              .collect(Collectors.joining(" OR "));
      String pairs = " FROM a FULL JOIN b ON a.\"row\" = b.\"row\" WHERE ";
      try (ResultSet example =
          statement.executeQuery("SELECT a, b" + pairs + differs + " ORDER BY 1 LIMIT 1")) {
        if (example.next()) {
          throw new IllegalStateException(
              "the tables differ, for instance in\n"
                  + example.getString(1)
                  + " of "
                  + ours
                  + "\n"
                  + example.getString(2)
                  + " of "
                  + theirs);
        }
      }
      try (ResultSet count = statement.executeQuery("SELECT count(*) FROM a")) {
        count.next();
        return count.getLong(1);
      }
    }
  }

  private static String isFar(String column) {
    return "(a.%1$s IS NULL) <> (b.%1$s IS NULL) OR abs(a.%1$s - b.%1$s) > 1e-9 * greatest(1, abs(b.%1$s))"
        .formatted(column);
  }
}
