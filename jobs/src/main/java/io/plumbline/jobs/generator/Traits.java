package io.plumbline.jobs.generator;

/** Properties that a thing always has, drawn from its number: no table to keep. */
final class Traits {
  private Traits() {}

  /** Bits that depend on both numbers; for a fixed {@code trait} no two things have the same. */
  static long bits(long thing, long trait) {
    return mix(thing + mix(trait));
  }

  /** A number from 0 to {@code bound - 1}. */
  static int pick(long thing, long trait, int bound) {
    return (int) Long.remainderUnsigned(bits(thing, trait), bound);
  }

  /** A number in [0, 1). */
  static double unit(long thing, long trait) {
    return (bits(thing, trait) >>> 11) * 0x1.0p-53;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a bijection. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
