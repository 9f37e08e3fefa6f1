package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.lake.Completeness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What an archive has made of the log of payments, as another engine sees it. */
final class ArchivedLog {
  private static final String SOURCE = "payment";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ArchivedLog() {}

  /** Files that readers can see. */
  static List<Path> files(Path lake) throws IOException {
    Path visible = lake.resolve(SOURCE);
    if (!Files.isDirectory(visible)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(visible)) {
      return paths.filter(path -> path.toString().endsWith(".parquet")).toList();
    }
  }

  static void awaitFiles(Path lake, int count) {
    ClusterProcesses.await(count + " files in " + lake, () -> files(lake).size() >= count);
  }

  /** Waits until the lake is complete, and holds it against the log: each record is there once. */
  static void check(Path lake, List<ConsumerRecord<byte[], byte[]>> log) throws Exception {
    long last = log.stream().mapToLong(ConsumerRecord::timestamp).max().orElseThrow();
    ClusterProcesses.await(
        "the lake is complete",
        () ->
            Completeness.isPublished(lake, SOURCE)
                && Completeness.of(lake, SOURCE).knowledgeTimeMs() >= last);
    String folder = "read_parquet('" + lake;
    Map<String, List<String>> archived = new TreeMap<>();
    query(
        archived,
        "select _partition, _offset, epoch_ms(_ingested_at), payment_id, amount from "
            + folder
            + "/payment/*/*/*.parquet')");
    query(
        archived,
        "select _partition, _offset, epoch_ms(_ingested_at), hex(_payload) from "
            + folder
            + "/_malformed/payment/*/*/*.parquet')");
    Map<String, List<String>> expected = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : log) {
      String position = record.partition() + " " + record.offset();
      boolean malformed =
          archived.getOrDefault(position, List.of()).stream().noneMatch(row -> row.contains("."));
      String content = malformed ? bytes(record.value()) : payment(record.value());
      expected.put(position, List.of(record.timestamp() + " " + content));
    }
    assertThat(archived).isEqualTo(expected);
    assertThat(archived.values()).anyMatch(rows -> !rows.get(0).contains("."));
  }

  private static String bytes(byte[] value) {
    return HexFormat.of().withUpperCase().formatHex(value);
  }

  private static String payment(byte[] value) throws IOException {
    JsonNode payment = JSON.readTree(value);
    return payment.path("payment_id").asText() + " " + payment.path("amount").asDouble();
  }

  /** Adds rows to those of their position in the log, which a query gives first. */
  private static void query(Map<String, List<String>> rows, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 3; i <= columns; i++) {
          row.add(String.valueOf(result.getObject(i)));
        }
        rows.computeIfAbsent(result.getInt(1) + " " + result.getLong(2), p -> new ArrayList<>())
            .add(String.join(" ", row));
      }
    }
  }
}
