package io.plumbline.bench;

/**
 * Size of a comparison's data. What is not here is fixed by {@link WorkloadWriter}, so equal
 * workloads are equal data.
 *
 * @param events records in the lake
 * @param observations rows to answer
 * @param keys users that events and observations are spread over
 */
public record Workload(long events, int observations, int keys) {
  static final Workload SMALL = new Workload(2_000_000, 200_000, 100_000);

  /** What results are shown of. */
  public static final Workload LARGE = new Workload(10_000_000, 1_000_000, 200_000);

  /** Almost nothing: what a run over it takes is what a run takes to start. */
  static final Workload EMPTY = new Workload(1_440, 100, 100);

  /** A folder's name that differs where data differ. */
  String id() {
    return "e" + events + "-o" + observations + "-k" + keys;
  }

  /** For a report's readers: {@code 2M events, 200k observations, 100k keys}. */
  String label() {
    return number(events)
        + " events, "
        + number(observations)
        + " observations, "
        + number(keys)
        + " keys";
  }

  private static String number(long n) {
    if (n >= 1_000_000 && n % 100_000 == 0) {
      return n % 1_000_000 == 0 ? n / 1_000_000 + "M" : n / 1e6 + "M";
    }
    return n >= 1_000 && n % 1_000 == 0 ? n / 1_000 + "k" : Long.toString(n);
  }
}
