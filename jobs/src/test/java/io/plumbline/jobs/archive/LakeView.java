package io.plumbline.jobs.archive;

import io.plumbline.jobs.kafka.LogRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A lake as another engine sees it. */
record LakeView(Path lake) {

  /** Files that readers can see, with their hashes. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    for (Path path : parquet()) {
      files.put(lake.relativize(path).toString(), hash(path));
    }
    return files;
  }

  List<Path> parquet() {
    if (!Files.isDirectory(lake)) {
      return List.of();
    }
    List<Path> found = new ArrayList<>();
    for (String root : List.of("pay", "_malformed")) {
      if (Files.isDirectory(lake.resolve(root))) {
        try (Stream<Path> all = Files.walk(lake.resolve(root))) {
          all.filter(p -> p.toString().endsWith(".parquet")).forEach(found::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return found;
  }

  private static String hash(Path path) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
      return new BigInteger(1, digest).toString(16);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every row and malformed record, as {@link #line} writes them. */
  List<String> lines() throws SQLException {
    List<String> lines = new ArrayList<>();
    if (!files("pay").isEmpty()) {
      lines.addAll(
          query(
              "select _partition, _offset, epoch_ms(_ingested_at), event_id, epoch_ms(\"at\"), amount"
                  + " from read_parquet('"
                  + lake
                  + "/pay/**/*.parquet', hive_partitioning = false)"));
    }
    if (!files("_malformed").isEmpty()) {
      lines.addAll(
          query(
              "select _partition, _offset, epoch_ms(_ingested_at), hex(_payload)"
                  + " from read_parquet('"
                  + lake
                  + "/_malformed/pay/**/*.parquet', hive_partitioning = false)"));
    }
    return lines;
  }

  private List<Path> files(String root) {
    return parquet().stream().filter(p -> lake.relativize(p).startsWith(root)).toList();
  }

  static List<String> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.add(String.join(" ", row));
      }
      return rows;
    }
  }

  /** What the lake must say of a record. */
  static String line(LogRecord record) {
    String position = record.partition() + " " + record.offset() + " ";
    String text =
        record.value() == null
            ? ""
            : new String(record.value(), java.nio.charset.StandardCharsets.UTF_8);
    if (record.timestamp() >= 0
        && text.startsWith("{\"event_id\": \"" + record.partition() + "-")) {
      return position
          + record.timestamp()
          + " "
          + record.partition()
          + "-"
          + record.offset()
          + " "
          + (record.timestamp() - 5)
          + " "
          + record.offset()
          + ".25";
    }
    byte[] value = record.value() == null ? new byte[0] : record.value();
    StringBuilder hex = new StringBuilder();
    for (byte b : value) {
      hex.append(String.format("%02X", b));
    }
    return position + (record.timestamp() < 0 ? "null" : record.timestamp()) + " " + hex;
  }
}
