package io.plumbline.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.definition.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerivedExpressionTest {
  private static final Map<String, ValueType> COLUMNS =
      Map.of(
          "orders", ValueType.LONG,
          "sales", ValueType.DOUBLE,
          "city", ValueType.STRING,
          "open", ValueType.BOOLEAN,
          "tops", ValueType.listOf(ValueType.Scalar.STRING));
  private static final Map<String, Object> VALUES =
      Map.of("orders", 4L, "sales", 10.0, "city", "Köln", "open", true, "tops", List.of("a", "b"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sales / orders                         | 2.5    | double
          orders / 3.0 > 1.0                     | true   | boolean
          open ? sales : 0.0                     | 10.0   | double
          city + '!'                             | Köln!  | string
          size(tops)                             | 2.0    | double
          tops[1]                                | b      | string
          tops[2]                                |        | string
          sales / (orders - 4.0)                 |        | double
          -(orders - 4.0)                        | 0.0    | double
          """)
  void computesFromOperands(String expression, String value, String type) {
    DerivedExpression derived = DerivedExpression.compile(expression, COLUMNS);
    Object computed = derived.evaluate(VALUES::get);
    assertThat(computed == null ? null : computed.toString()).isEqualTo(value);
    assertThat(derived.type()).hasToString(type);
  }

  @Test
  void aNullOperandGivesNullEvenWhereItWouldNotCount() {
    Map<String, Object> values = new HashMap<>(VALUES);
    values.put("sales", null);
    DerivedExpression derived = DerivedExpression.compile("open ? orders : sales", COLUMNS);
    assertThat(derived.evaluate(VALUES::get)).isEqualTo(4.0);
    assertThat(derived.evaluate(values::get)).isNull();
    assertThat(derived.operands()).containsExactly("open", "orders", "sales");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          orders / 2      | '/' in 'orders / 2' cannot take double and int
          tops            | 'tops' is a list
          saels           | there is no feature saels of this entity
          """)
  void refusesWhatCannotBe(String expression, String what) {
    assertThatThrownBy(() -> DerivedExpression.compile(expression, COLUMNS))
        .isInstanceOfSatisfying(InvalidExpression.class, e -> assertThat(e.what()).isEqualTo(what));
  }
}
