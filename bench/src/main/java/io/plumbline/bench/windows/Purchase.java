package io.plumbline.bench.windows;

/** An event of the stream that every contestant reads; a POJO, as Flink likes them best. */
public final class Purchase {
  /** Who buys. */
  public String user = "";

  /** When it happened, epoch ms. */
  public long eventTime;

  /** When the log took it, epoch ms; not before it happened. */
  public long ingestedAt;

  /** Whole, so that sums are exact in whatever order they are made. */
  public double amount;
}
