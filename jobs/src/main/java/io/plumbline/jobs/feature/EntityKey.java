package io.plumbline.jobs.feature;

/**
 * The text that names one entity, also in Redis: the key's parts joined by {@code |}, with {@code
 * %} and {@code |} in them percent-encoded.
 */
public final class EntityKey {
  private EntityKey() {}

  /**
   * @param parts strings or whole numbers
   * @return null if a part is null: such a record belongs to no entity
   */
  public static String of(Object[] parts) {
    if (parts.length == 1) {
      return parts[0] == null ? null : encode(parts[0]);
    }
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] == null) {
        return null;
      }
      if (i > 0) {
        key.append('|');
      }
      key.append(encode(parts[i]));
    }
    return key.toString();
  }

  /**
   * The hash by which Flink knows a key: 64 bits, so that keys are sorted and looked up fast, and
   * the same for ever, because state is kept under it. Keys that share a hash share a {@link
   * KeyBucket} and nothing else.
   *
   * <p>FNV-1a over UTF-16 units, then the finaliser of MurmurHash3.
   */
  public static long hash(String key) {
    long h = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      h = (h ^ key.charAt(i)) * 0x100000001b3L;
    }
    return mix(h);
  }

  /** The finaliser of MurmurHash3: numbers that differ little give ones that differ much. */
  static long mix(long number) {
    long h = number;
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }

  private static String encode(Object part) {
    String text = part.toString();
    return text.indexOf('%') < 0 && text.indexOf('|') < 0
        ? text
        : text.replace("%", "%25").replace("|", "%7C");
  }
}
