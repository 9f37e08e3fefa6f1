package io.plumbline.aggregate;

/**
 * Finishes what decays.
 *
 * @param halfLifeMs positive
 */
record Decaying(long halfLifeMs) implements Finisher.ReadTime<DecayedSum, Decayed> {

  @Override
  public Decayed store(DecayedSum accumulator, long at) {
    Double value = Rounding.finite(accumulator.valueAt(at, halfLifeMs));
    return value == null ? null : new Decayed(value, at);
  }

  @Override
  public Double valueAt(Decayed stored, long time) {
    return stored.valueAt(time, halfLifeMs);
  }
}
