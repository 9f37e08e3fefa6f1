package io.plumbline.savepoints;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows of text whose columns are as wide as they must be; columns of numbers stand to the right.
 */
public final class Table {
  private static final String GAP = "  ";

  private final List<Object[]> rows = new ArrayList<>();

  /**
   * @param cells texts and whole numbers, as many as in other rows; null for nothing
   */
  public Table row(Object... cells) {
    rows.add(cells.clone());
    return this;
  }

  /** Prints the rows, indented. */
  public void print(PrintWriter out) {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], text(row[i]).length());
        numbers[i] |= isNumber(row[i]);
      }
    }
    for (Object[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String cell = text(row[i]);
        String fill = " ".repeat(widths[i] - cell.length());
        line.append(GAP).append(numbers[i] ? fill + cell : cell + fill);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static boolean isNumber(Object cell) {
    return cell instanceof Long || cell instanceof Integer;
  }

  private static String text(Object cell) {
    if (cell == null) {
      return "";
    }
    return isNumber(cell)
        ? String.format(Locale.ROOT, "%,d", ((Number) cell).longValue())
        : cell.toString();
  }
}
