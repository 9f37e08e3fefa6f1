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

  private static String encode(Object part) {
    String text = part.toString();
    return text.indexOf('%') < 0 && text.indexOf('|') < 0
        ? text
        : text.replace("%", "%25").replace("|", "%7C");
  }
}
