package io.plumbline.expression;

import dev.cel.common.CelIssue;
import io.plumbline.definition.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what the checker found wrong with an expression in the words of its author. */
final class CelErrors {
  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
  private static final Pattern NO_OVERLOAD =
      Pattern.compile("found no matching overload for '(.+?)' applied to '(.*?)'( \\(candid.*)?");
  private static final Pattern NO_FIELDS =
      Pattern.compile("type '(.*)' does not support field selection");
  private static final Pattern UNEXPECTED =
      Pattern.compile(
          "(?:mismatched input|extraneous input|no viable alternative at input"
              + "|token recognition error at:) '(.*?)'(?: expecting .*)?");
  private static final Pattern MISSING = Pattern.compile("missing '(.*)' at .*");
  private static final Pattern PATH = Pattern.compile("[A-Za-z_]\\w*(\\s*\\.\\s*[A-Za-z_]\\w*)*");

  private static final List<String> FUNCTIONS =
      List.of(
          "size",
          "contains",
          "startsWith",
          "endsWith",
          "matches",
          "int",
          "double",
          "string",
          "bool",
          "bytes",
          "timestamp",
          "duration",
          "getFullYear",
          "getMonth",
          "getDate",
          "getDayOfMonth",
          "getDayOfWeek",
          "getDayOfYear",
          "getHours",
          "getMinutes",
          "getSeconds",
          "getMilliseconds",
          "exists",
          "exists_one",
          "all",
          "filter",
          "map",
          "has");

  private static final Map<String, String> OTHER_LANGUAGES =
      Map.of(
          "=", "write == to compare",
          "and", "write && for and",
          "or", "write || for or",
          "not", "write ! for not",
          "&", "write && for and",
          "|", "write || for or",
          "<>", "write != for unequal",
          "is", "write == null or != null");

  private static final String EXAMPLE = "an expression looks like amount > 10.0 && kind == 'card'";

  private CelErrors() {}

  /** The first error is told; those after it tend to follow from it. */
  static InvalidExpression explain(String text, List<CelIssue> issues, Vocabulary vocabulary) {
    CelIssue issue =
        issues.stream()
            .min(
                Comparator.comparingInt((CelIssue i) -> i.getSourceLocation().getLine())
                    .thenComparingInt(i -> i.getSourceLocation().getColumn()))
            .orElseThrow();
    String message = issue.getMessage();
    int column = issue.getSourceLocation().getColumn();
    Matcher m = UNDECLARED.matcher(message);
    if (m.matches()) {
      return undeclared(text, m.group(1), column, vocabulary);
    }
    m = NO_OVERLOAD.matcher(message);
    if (m.matches()) {
      return noOverload(text, m.group(1), m.group(2));
    }
    m = NO_FIELDS.matcher(message);
    if (m.matches()) {
      return new InvalidExpression(
          "'" + text + "' asks a " + pretty(m.group(1)) + " for a field, and it has none",
          Names.suggest(path(text, 0, text), vocabulary.kind(), vocabulary.names()));
    }
    return syntax(text, message, column);
  }

  private static InvalidExpression undeclared(
      String text, String name, int column, Vocabulary vocabulary) {
    if (isCalled(text, name)) {
      return new InvalidExpression(
          "there is no function " + name,
          Names.nearest(name, FUNCTIONS)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("functions are " + String.join(", ", FUNCTIONS)));
    }
    String path = path(text, column, name);
    String reason = vocabulary.unusable().getOrDefault(path, vocabulary.unusable().get(name));
    if (reason != null) {
      return new InvalidExpression(
          vocabulary.kind() + " " + name + " " + reason,
          "use " + String.join(", ", vocabulary.names()));
    }
    List<String> inside =
        vocabulary.names().stream().filter(n -> n.startsWith(path + ".")).toList();
    if (!inside.isEmpty()) {
      return new InvalidExpression(
          vocabulary.kind() + " " + path + " is a record",
          "name a field of it: " + String.join(", ", inside));
    }
    return new InvalidExpression(
        "there is no " + vocabulary.kind() + " " + path + " " + vocabulary.owner(),
        Names.suggest(path, vocabulary.kind(), vocabulary.names()));
  }

  private static boolean isCalled(String text, String name) {
    return Pattern.compile("(?<!\\w)" + Pattern.quote(name) + "\\s*\\(").matcher(text).find();
  }

  private static String path(String text, int column, String name) {
    Matcher m = PATH.matcher(text);
    boolean found = column <= text.length() && m.find(column) && m.start() == column;
    return found && m.group().startsWith(name) ? m.group().replaceAll("\\s", "") : name;
  }

  private static InvalidExpression noOverload(String text, String function, String applied) {
    List<String> types = arguments(applied);
    String name = function.replace("_", "").replace("@", "");
    String what = "'" + name + "' in '" + text + "' cannot take " + String.join(" and ", types);
    return new InvalidExpression(what, overloadFix(name, types));
  }

  private static String overloadFix(String name, List<String> types) {
    boolean number = types.contains("int") || types.contains("double");
    if (List.of("&&", "||", "!").contains(name)) {
      return "both sides must be bool: compare first, as in x > 0.0 && y == 'a'";
    }
    if (name.equals("?:") && !types.get(0).equals("bool")) {
      return "what comes before ? must be bool";
    }
    if (types.contains("null")) {
      return "this is never null: leave the comparison out";
    }
    if (types.contains("int") && types.contains("double")) {
      return "make both double: write a whole number as 1.0, convert a field with double(...)";
    }
    if (types.contains("string") && number) {
      return "quote what is text, as in '1', or convert with int(...), double(...), string(...)";
    }
    if (types.contains("timestamp")) {
      return "a time goes with timestamp('2026-01-01T00:00:00Z') or duration('1h');"
          + " int(...) gives its epoch seconds";
    }
    if (name.equals("?:")) {
      return "both answers must be of one type";
    }
    return "convert one with int(...), double(...) or string(...)";
  }

  /** Types in {@code (a, b)} or {@code receiver.(a, b)}. */
  private static List<String> arguments(String applied) {
    int open = applied.indexOf(".(") >= 0 ? applied.indexOf(".(") + 1 : 0;
    List<String> types = new ArrayList<>();
    if (open > 0) {
      types.add(pretty(applied.substring(0, open - 1)));
    }
    String inside = applied.substring(open + 1, applied.length() - 1);
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= inside.length(); i++) {
      char c = i == inside.length() ? ',' : inside.charAt(i);
      if (c == ',' && depth == 0 && i > start) {
        types.add(pretty(inside.substring(start, i).strip()));
        start = i + 1;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return types;
  }

  static String pretty(String type) {
    return type.replaceAll("wrapper\\((\\w+)\\)", "$1")
        .replace("google.protobuf.Timestamp", "timestamp")
        .replace("google.protobuf.Duration", "duration")
        .replace('(', '<')
        .replace(')', '>');
  }

  private static InvalidExpression syntax(String text, String message, int column) {
    Matcher missing = MISSING.matcher(message);
    if (missing.matches()) {
      return new InvalidExpression(
          "'" + text + "' is not CEL: something is missing at column " + (column + 1),
          "add " + missing.group(1));
    }
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (!unexpected.matches()) {
      return new InvalidExpression("'" + text + "' is not CEL: " + message, EXAMPLE);
    }
    String token = unexpected.group(1).strip();
    if (token.equals("<EOF>")) {
      return new InvalidExpression("'" + text + "' is not CEL: it ends too soon", EXAMPLE);
    }
    String fix = OTHER_LANGUAGES.get(token);
    if (token.startsWith("'") || token.startsWith("\"")) {
      fix = "close the quote";
      token = token.substring(0, 1);
    }
    return new InvalidExpression(
        "'" + text + "' is not CEL: unexpected " + token + " at column " + (column + 1),
        fix == null ? EXAMPLE : fix);
  }
}
