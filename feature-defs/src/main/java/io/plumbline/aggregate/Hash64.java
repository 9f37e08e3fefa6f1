package io.plumbline.aggregate;

/**
 * 64-bit hashes that agree between machines and versions: part of what sketches remember, so they
 * never change. The constants, the round and the final avalanche are those of XXH64 (Yann Collet,
 * xxHash specification 0.1.1), over one lane.
 */
final class Hash64 {
  private static final long P1 = 0x9E3779B185EBCA87L;
  private static final long P2 = 0xC2B2AE3D27D4EB4FL;
  private static final long P3 = 0x165667B19E3779F9L;
  private static final long P4 = 0x85EBCA77C2B2AE63L;
  private static final long P5 = 0x27D4EB2F165667C5L;

  private Hash64() {}

  static long of(long value) {
    return avalanche(mix(P5 + Long.BYTES, value));
  }

  /** Hashes UTF-16 units, four at a time. */
  static long of(String value) {
    int length = value.length();
    long hash = P5 + length;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      hash =
          mix(
              hash,
              value.charAt(i)
                  | (long) value.charAt(i + 1) << 16
                  | (long) value.charAt(i + 2) << 32
                  | (long) value.charAt(i + 3) << 48);
    }
    if (i < length) {
      long tail = 0;
      for (; i < length; i++) {
        tail = tail << 16 | value.charAt(i);
      }
      hash = mix(hash, tail);
    }
    return avalanche(hash);
  }

  private static long mix(long hash, long word) {
    return Long.rotateLeft(hash ^ Long.rotateLeft(word * P2, 31) * P1, 27) * P1 + P4;
  }

  private static long avalanche(long hash) {
    long h = (hash ^ hash >>> 33) * P2;
    h = (h ^ h >>> 29) * P3;
    return h ^ h >>> 32;
  }
}
