package io.plumbline.bench.windows;

/** A row that a window gives; a POJO, as Flink likes them best. */
public final class Totals {
  /** Whose. */
  public String user = "";

  /** End of the window, epoch ms. */
  public long end;

  /** Events in it. */
  public long count;

  /** Of the amounts. */
  public double sum;

  /** Of the amounts. */
  public double max = Double.NEGATIVE_INFINITY;

  void add(double amount) {
    count++;
    sum += amount;
    max = Math.max(max, amount);
  }

  Totals at(String user, long end) {
    Totals totals = new Totals();
    totals.user = user;
    totals.end = end;
    totals.count = count;
    totals.sum = sum;
    totals.max = max;
    return totals;
  }

  String text() {
    return text(user, end, count, sum, max);
  }

  /** A row as text, the same for whoever made it. */
  static String text(String user, long time, long count, double sum, double max) {
    return user + "|" + time + "|" + count + "|" + sum + "|" + max;
  }
}
