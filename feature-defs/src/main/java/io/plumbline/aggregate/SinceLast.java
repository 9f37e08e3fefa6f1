package io.plumbline.aggregate;

/** Finishes {@code time_since_last}: stored is the last event's time, epoch ms. */
record SinceLast() implements Finisher.ReadTime<LastTimeAlgebra.LastTime, Long> {
  private static final double MS_PER_SECOND = 1000.0;

  @Override
  public Long store(LastTimeAlgebra.LastTime accumulator, long at) {
    return accumulator.ms();
  }

  @Override
  public Double valueAt(Long stored, long time) {
    long passed = time - stored;
    boolean overflow = time >= stored != passed >= 0;
    return (overflow ? (double) time - (double) stored : passed) / MS_PER_SECOND;
  }
}
