package io.plumbline.savepoints;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text whose columns are as wide as they must be; numbers stand to the right. */
final class Table {
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();

  /**
   * @param cells texts and whole numbers, as many as in other rows; null for nothing
   */
  Table row(Object... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] =
          cells[i] == null
              ? ""
              : cells[i] instanceof Long || cells[i] instanceof Integer
                  ? String.format(Locale.ROOT, "%,d", ((Number) cells[i]).longValue())
                  : cells[i].toString();
    }
    rows.add(row);
    return this;
  }

  /** Prints the rows, indented. */
  void print(PrintWriter out) {
    int[] widths = new int[rows.stream().mapToInt(row -> row.length).max().orElse(0)];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String fill = " ".repeat(widths[i] - row[i].length());
        line.append(GAP).append(isNumber(row[i]) ? fill + row[i] : row[i] + fill);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static boolean isNumber(String cell) {
    return !cell.isEmpty() && cell.chars().allMatch(c -> Character.isDigit(c) || c == ',');
  }
}
