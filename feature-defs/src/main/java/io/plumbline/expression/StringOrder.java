package io.plumbline.expression;

import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.standard.CelStandardOverload;
import dev.cel.runtime.standard.GreaterEqualsOperator.GreaterEqualsOverload;
import dev.cel.runtime.standard.GreaterOperator.GreaterOverload;
import dev.cel.runtime.standard.LessEqualsOperator.LessEqualsOverload;
import dev.cel.runtime.standard.LessOperator.LessOverload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Comparison of strings by code point, as CEL specifies; the library compares UTF-16 units, which
 * puts what lies beyond the basic plane before U+E000.
 */
final class StringOrder {
  /** The library's comparisons of strings. */
  static final Set<CelStandardOverload> REPLACED =
      Set.of(
          LessOverload.LESS_STRING,
          LessEqualsOverload.LESS_EQUALS_STRING,
          GreaterOverload.GREATER_STRING,
          GreaterEqualsOverload.GREATER_EQUALS_STRING);

  /** What takes their place. */
  static final List<CelFunctionBinding> BINDINGS = bindings();

  private StringOrder() {}

  private static List<CelFunctionBinding> bindings() {
    List<CelFunctionBinding> all = new ArrayList<>();
    all.add(binding("less_string", c -> c < 0));
    all.add(binding("less_equals_string", c -> c <= 0));
    all.add(binding("greater_string", c -> c > 0));
    all.add(binding("greater_equals_string", c -> c >= 0));
    return all;
  }

  private static CelFunctionBinding binding(String overload, IntPredicate holds) {
    return CelFunctionBinding.from(
        overload, String.class, String.class, (a, b) -> holds.test(compare(a, b)));
  }

  /** Negative, zero or positive as {@code a} comes before, with or after {@code b}. */
  static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean sameKind = Character.isSurrogate(x) == Character.isSurrogate(y);
        return sameKind ? x - y : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return a.length() - b.length();
  }
}
