package io.plumbline.jobs.table;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a column of a training table looks like: the baseline of drift checks. Fields that a type of
 * column does not have are null, and left out of the manifest.
 *
 * @param type {@code long}, {@code double}, {@code boolean}, {@code string}, {@code timestamp}
 *     (epoch ms), {@code other}, or a list of one of the first four, e.g. {@code list<double>}
 * @param count of values that are not null, defaults among them; with {@code nulls} every row
 * @param nulls rows without a value
 * @param defaults rows whose value (or null) is the feature's default, as there was no other
 * @param nonFinite how many of the values are NaN or infinite; such are not in the numbers below
 * @param mean the exact one, rounded
 * @param stddev the exact one of the population, rounded
 * @param min a Long for integers and timestamps, else a Double
 * @param max likewise
 * @param histogram non-empty buckets in ascending order
 * @param distinct number of distinct values, or {@code ">1000"}
 * @param top the most frequent values, at most 20, equally frequent ones by code points; null if
 *     there are more than 1000 distinct ones
 * @param lengths of lists
 * @param elementMeans mean of each element, where all lists are of numbers and have one length, at
 *     most 64
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ColumnProfile(
    String type,
    long count,
    long nulls,
    long defaults,
    Long nonFinite,
    Double mean,
    Double stddev,
    Number min,
    Number max,
    List<Bucket> histogram,
    Object distinct,
    List<Frequent> top,
    Numbers lengths,
    List<Double> elementMeans) {

  public ColumnProfile {
    min = widened(min);
    max = widened(max);
  }

  // JSON does not tell an int from a long.
  private static Number widened(Number number) {
    return number instanceof Integer ? (Number) number.longValue() : number;
  }

  /**
   * Numbers within {@code [from, to)}. Buckets are a quarter of a power of two, in value not in
   * ratio: 1, 1.25, 1.5, 1.75, 2, 2.5, 3, … Zero has its own, {@code [0, 4.9E-324)}; the last one
   * of all goes to infinity.
   */
  public record Bucket(double from, double to, long count) {}

  /** A value and how many rows have it. */
  public record Frequent(String value, long count) {}

  /** Statistics of some numbers; all but the histogram are null if there are none. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Numbers(
      Double mean, Double stddev, Number min, Number max, List<Bucket> histogram) {
    public Numbers {
      min = widened(min);
      max = widened(max);
    }
  }

  /** The numbers of a column of numbers. */
  static ColumnProfile ofNumbers(
      String type, long count, long nulls, long defaults, long nonFinite, Numbers n) {
    return new ColumnProfile(
        type,
        count,
        nulls,
        defaults,
        nonFinite == 0 ? null : (Long) nonFinite,
        n.mean(),
        n.stddev(),
        n.min(),
        n.max(),
        n.histogram(),
        null,
        null,
        null,
        null);
  }

  static ColumnProfile ofValues(
      String type, long count, long nulls, long defaults, Object distinct, List<Frequent> top) {
    return new ColumnProfile(
        type, count, nulls, defaults, null, null, null, null, null, null, distinct, top, null,
        null);
  }

  static ColumnProfile ofLists(
      String type, long count, long nulls, long defaults, Numbers lengths, List<Double> means) {
    return new ColumnProfile(
        type, count, nulls, defaults, null, null, null, null, null, null, null, null, lengths,
        means);
  }
}
