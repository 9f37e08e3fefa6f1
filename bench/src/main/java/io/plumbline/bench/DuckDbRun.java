package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A process that runs one statement in DuckDB and prints the seconds that it took. */
final class DuckDbRun {
  private DuckDbRun() {}

  /**
   * Runs it.
   *
   * @param arguments file with the statement, number of threads, folder to spill to
   */
  public static void main(String[] arguments) throws SQLException, IOException {
    String sql = Files.readString(Path.of(arguments[0]));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + Integer.parseInt(arguments[1]));
      statement.execute("SET temp_directory = '" + arguments[2] + "'");
      statement.execute("SET preserve_insertion_order = false");
      statement.execute("SET TimeZone = 'UTC'");
      long started = System.nanoTime();
      statement.execute(sql);
      System.out.println((System.nanoTime() - started) / 1e9);
    }
  }
}
