package io.plumbline.expression;

import com.google.common.collect.Maps;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The one place that says which CEL this is: standard functions and macros, strict types. */
final class Cel {
  private static final CelOptions RUNTIME_OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .evaluateCanonicalTypesToNativeValues(true)
          .enableTimestampEpoch(true)
          .maxExpressionCodePointSize(10_000)
          .maxParseRecursionDepth(100)
          .comprehensionMaxIterations(100_000)
          .maxRegexProgramSize(1_000)
          .build();

  /** The planner's runtime insists on mixed comparisons, for {@code dyn}; the checker does not. */
  private static final CelOptions CHECKER_OPTIONS =
      RUNTIME_OPTIONS.toBuilder().enableHeterogeneousNumericComparisons(false).build();

  /**
   * The planner's runtime, since the other one fails on {@code null || true}, where the
   * specification lets the side that decides decide.
   */
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.plannerRuntimeBuilder()
          .setOptions(RUNTIME_OPTIONS)
          .setStandardFunctions(
              CelStandardFunctions.newBuilder()
                  .filterFunctions((function, overload) -> !StringOrder.REPLACED.contains(overload))
                  .build())
          .addFunctionBindings(StringOrder.BINDINGS)
          .build();

  private Cel() {}

  /** A checker of expressions over variables of these names and types. */
  static CelCompiler compiler(Map<String, CelType> variables) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(CHECKER_OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addFunctionDeclarations(
                comparableWithNull("_==_", "equals"), comparableWithNull("_!=_", "not_equals"));
    variables.forEach(builder::addVar);
    return builder.build();
  }

  /** CEL's types have no nullable list or map; events do, and ask whether one is null. */
  private static CelFunctionDecl comparableWithNull(String operator, String overload) {
    CelType list = ListType.create(TypeParamType.create("E"));
    CelType map = MapType.create(TypeParamType.create("K"), TypeParamType.create("V"));
    CelType none = SimpleType.NULL_TYPE;
    return CelFunctionDecl.newFunctionDeclaration(
        operator,
        List.of(
            CelOverloadDecl.newGlobalOverload(overload, SimpleType.BOOL, list, none),
            CelOverloadDecl.newGlobalOverload(overload, SimpleType.BOOL, none, list),
            CelOverloadDecl.newGlobalOverload(overload, SimpleType.BOOL, map, none),
            CelOverloadDecl.newGlobalOverload(overload, SimpleType.BOOL, none, map)));
  }

  /**
   * Parses and checks.
   *
   * @throws InvalidExpression naming what is wrong in the words of {@code vocabulary}
   */
  static CelAbstractSyntaxTree check(CelCompiler compiler, String text, Vocabulary vocabulary) {
    CelValidationResult result = compiler.compile(text);
    if (result.hasError()) {
      throw CelErrors.explain(text, result.getErrors(), vocabulary);
    }
    return tree(text, result);
  }

  /**
   * Every identifier in the expression, declared or not.
   *
   * @throws InvalidExpression if it is no expression
   */
  static Set<String> identifiers(String text) {
    CelValidationResult result = compiler(Map.of()).parse(text);
    if (result.hasError()) {
      throw CelErrors.explain(text, result.getErrors(), Vocabulary.NONE);
    }
    Set<String> names = new TreeSet<>();
    CelNavigableAst.fromAst(tree(text, result))
        .getRoot()
        .allNodes()
        .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
        .map(CelNavigableExpr::expr)
        .forEach(expr -> names.add(expr.ident().name()));
    return names;
  }

  /** A part of a checked expression, as a checked expression of its own. */
  static CelAbstractSyntaxTree part(CelAbstractSyntaxTree whole, CelExpr part) {
    Set<Long> ids =
        CelNavigableExpr.fromExpr(part)
            .allNodes()
            .map(node -> node.expr().id())
            .collect(Collectors.toSet());
    return CelAbstractSyntaxTree.newCheckedAst(
        part,
        whole.getSource(),
        Maps.filterKeys(whole.getReferenceMap(), ids::contains),
        Maps.filterKeys(whole.getTypeMap(), ids::contains));
  }

  /** The names among {@code declared} that a checked expression reads. */
  static Set<String> used(CelAbstractSyntaxTree checked, Set<String> declared) {
    Set<String> names = new TreeSet<>();
    checked.getReferenceMap().values().forEach(reference -> names.add(reference.name()));
    names.retainAll(declared);
    return names;
  }

  static CelRuntime.Program program(CelAbstractSyntaxTree checked) {
    try {
      return RUNTIME.createProgram(checked);
    } catch (CelEvaluationException e) {
      throw new IllegalStateException("a checked expression has no program", e);
    }
  }

  private static CelAbstractSyntaxTree tree(String text, CelValidationResult result) {
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      throw new IllegalStateException("no errors and yet no tree: " + text, e);
    }
  }
}
