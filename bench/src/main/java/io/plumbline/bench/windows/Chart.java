package io.plumbline.bench.windows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Draws lines over window lengths as SVG; both axes are logarithmic. */
final class Chart {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 440;
  private static final int LEFT = 80;
  private static final int RIGHT = 250;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;

  /** Told apart by people who do not see all colours (Okabe and Ito). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

  private static final double[] MARKED_HOURS = {1, 24, 168, 720};
  private static final List<String> HOUR_NAMES = List.of("1h", "24h", "7d", "30d");

  private final String title;
  private final List<Line> lines = new ArrayList<>();

  private record Line(String name, double[] hours, double[] values) {}

  Chart(String title) {
    this.title = title;
  }

  /**
   * Adds a line; one point is a mark alone.
   *
   * @param hours lengths of windows, positive
   * @param values for each, positive
   */
  void line(String name, double[] hours, double[] values) {
    lines.add(new Line(name, hours, values));
  }

  /** The drawing. */
  String svg(String xName, String yName) {
    StringBuilder svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">",
        WIDTH,
        HEIGHT);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    text(svg, LEFT, TOP - 18, "start", title);
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", xName);
    text(svg, LEFT - 10, TOP - 2, "end", yName);
    addGrid(svg);
    for (int i = 0; i < lines.size(); i++) {
      addLine(svg, lines.get(i), COLOURS.get(i % COLOURS.size()), TOP + 20 * i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void addGrid(StringBuilder svg) {
    for (int i = 0; i < MARKED_HOURS.length; i++) {
      double x = x(MARKED_HOURS[i]);
      rule(svg, x, TOP, x, HEIGHT - BOTTOM);
      text(svg, x, HEIGHT - BOTTOM + 18, "middle", HOUR_NAMES.get(i));
    }
    for (int power = lowest(); power <= highest(); power++) {
      double y = y(Math.pow(10, power));
      rule(svg, LEFT, y, WIDTH - RIGHT, y);
      text(svg, LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%,.0f", Math.pow(10, power)));
    }
  }

  private void addLine(StringBuilder svg, Line line, String colour, int legend) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.hours.length; i++) {
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(line.hours[i]), y(line.values[i])));
      dot(svg, x(line.hours[i]), y(line.values[i]), colour);
    }
    add(
        svg,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        points.toString().strip(),
        colour);
    dot(svg, WIDTH - RIGHT + 16, legend, colour);
    text(svg, WIDTH - RIGHT + 26, legend + 4, "start", line.name);
  }

  private static void dot(StringBuilder svg, double x, double y, String colour) {
    add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
  }

  private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
    add(
        svg,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ccc\"/>",
        x1,
        y1,
        x2,
        y2);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    add(svg, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
  }

  private static void add(StringBuilder svg, String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static double x(double hours) {
    double share = Math.log(hours) / Math.log(MARKED_HOURS[MARKED_HOURS.length - 1]);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    double share = (Math.log10(value) - lowest()) / (highest() - lowest());
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private int lowest() {
    return (int) Math.floor(Math.log10(values().min().orElse(1)));
  }

  private int highest() {
    return Math.max(lowest() + 1, (int) Math.ceil(Math.log10(values().max().orElse(1))));
  }

  private DoubleStream values() {
    return lines.stream().flatMapToDouble(line -> Arrays.stream(line.values));
  }
}
