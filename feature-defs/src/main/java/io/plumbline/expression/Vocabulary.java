package io.plumbline.expression;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the names in an expression are to the user, for error messages.
 *
 * @param kind singular, e.g. {@code field}
 * @param owner where the names come from, e.g. {@code in source pay}
 * @param names that may be used, in order of definition
 * @param unusable names that exist but may not be used, and why
 */
record Vocabulary(
    String kind, String owner, Collection<String> names, Map<String, String> unusable) {
  static final Vocabulary NONE = new Vocabulary("name", "", List.of(), Map.of());
}
