package io.plumbline.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rows of a training table of JSON lines, by their number; all of them in memory. */
final class TableRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final NavigableMap<Long, JsonNode> rows;

  private TableRows(NavigableMap<Long, JsonNode> rows) {
    this.rows = rows;
  }

  /**
   * Reads all parts of a snapshot.
   *
   * @throws IOException also if two rows have one number
   */
  static TableRows read(Path snapshot) throws IOException {
    NavigableMap<Long, JsonNode> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(snapshot)) {
      for (Path part : files.filter(f -> f.toString().endsWith(".jsonl")).toList()) {
        for (String line : Files.readAllLines(part)) {
          JsonNode row = JSON.readTree(line);
          if (rows.put(row.get("row").asLong(), row) != null) {
            throw new IOException(snapshot + ": row " + row.get("row") + " is there twice");
          }
        }
      }
    }
    return new TableRows(rows);
  }

  /** Rows that are at hand, by their number. */
  static TableRows of(Map<Long, JsonNode> rows) {
    return new TableRows(new TreeMap<>(rows));
  }

  /** A row; null if there is none of that number. */
  JsonNode row(long number) {
    return rows.get(number);
  }

  int count() {
    return rows.size();
  }

  /** Some rows, evenly spread, the last among them. */
  List<JsonNode> sample(int count) {
    List<JsonNode> all = List.copyOf(rows.values());
    List<JsonNode> some = new ArrayList<>();
    for (int i = 1; i <= Math.min(count, all.size()); i++) {
      some.add(all.get((int) ((long) i * all.size() / Math.min(count, all.size())) - 1));
    }
    return some;
  }

  /** Each value that is not the same in another table, as {@code row 3 spend_1h: 1.0 or 2.0}. */
  List<String> differences(TableRows other) {
    List<String> differences = new ArrayList<>();
    NavigableMap<Long, JsonNode> numbers = new TreeMap<>(rows);
    other.rows.forEach(numbers::putIfAbsent);
    for (Long number : numbers.keySet()) {
      JsonNode one = rows.get(number);
      JsonNode two = other.rows.get(number);
      if (one == null || two == null) {
        differences.add("row " + number + " is in one table only");
      } else if (!one.equals(two)) {
        addDifferences(number, one, two, differences);
      }
    }
    return differences;
  }

  private static void addDifferences(
      long number, JsonNode one, JsonNode two, List<String> differences) {
    if (one.size() != two.size()) {
      differences.add("row " + number + " has other columns");
    }
    Iterator<String> names = one.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!one.path(name).equals(two.path(name))) {
        differences.add(
            "row " + number + " " + name + ": " + one.path(name) + " or " + two.path(name));
      }
    }
  }
}
