package io.plumbline.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.Set;

/** Knows expressions that fail whenever a field in them is null, without evaluating them. */
final class Strictness {
  private static final Set<String> STRICT =
      Set.of(
          "_+_",
          "_-_",
          "_*_",
          "_/_",
          "_%_",
          "_<_",
          "_<=_",
          "_>_",
          "_>=_",
          "!_",
          "-_",
          "_[_]",
          "size",
          "contains",
          "startsWith",
          "endsWith",
          "matches",
          "int",
          "double",
          "string",
          "getFullYear",
          "getMonth",
          "getDate",
          "getDayOfMonth",
          "getDayOfWeek",
          "getDayOfYear",
          "getHours",
          "getMinutes",
          "getSeconds",
          "getMilliseconds");

  private Strictness() {}

  /** Whether every operation in the expression fails on null. */
  static boolean failsOnNull(CelExpr expression) {
    return CelNavigableExpr.fromExpr(expression).allNodes().allMatch(Strictness::isStrict);
  }

  private static boolean isStrict(CelNavigableExpr node) {
    return switch (node.getKind()) {
      case CONSTANT, IDENT -> true;
      case SELECT -> !node.expr().select().testOnly();
      case CALL -> STRICT.contains(node.expr().call().function());
      default -> false;
    };
  }
}
