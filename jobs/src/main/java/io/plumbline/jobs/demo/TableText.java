package io.plumbline.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows under the names of their columns, for people: numbers to the right, text to the left. */
final class TableText {
  private static final String GAP = "  ";

  private TableText() {}

  /** The rows' values of these columns, a line for each row and one for the names. */
  static List<String> of(List<String> columns, List<JsonNode> rows) {
    List<List<String>> blocks = columns.stream().map(column -> column(column, rows)).toList();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i <= rows.size(); i++) {
      int line = i;
      lines.add(
          blocks.stream()
              .map(block -> block.get(line))
              .collect(Collectors.joining(GAP))
              .stripTrailing());
    }
    return lines;
  }

  private static List<String> column(String name, List<JsonNode> rows) {
    List<String> cells = new ArrayList<>(List.of(name));
    boolean numbers = true;
    for (JsonNode row : rows) {
      JsonNode value = row.path(name);
      numbers &= value.isNumber() || value.isNull();
      cells.add(cell(value));
    }
    int width = Collections.max(cells.stream().map(String::length).toList());
    String format = numbers ? "%" + width + "s" : "%-" + width + "s";
    return cells.stream().map(cell -> String.format(format, cell)).toList();
  }

  private static String cell(JsonNode value) {
    if (value instanceof MissingNode || value.isNull()) {
      return "-";
    }
    return value.isFloatingPointNumber()
        ? String.format(Locale.ROOT, "%.2f", value.doubleValue())
        : value.asText();
  }
}
