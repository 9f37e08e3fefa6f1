package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheyMustBeAndNumbersStandToTheRight() {
    assertThat(print(new Table().row("key", "bytes").row("u1", 1234567).row("u22", 5L)))
        .isEqualTo(
            """
              key      bytes
              u1   1,234,567
              u22          5
            """);
  }

  @Test
  void nothingIsEmpty() {
    assertThat(print(new Table())).isEmpty();
    assertThat(print(new Table().row("a", null, "b"))).isEqualTo("  a    b\n");
  }

  private static String print(Table table) {
    StringWriter text = new StringWriter();
    table.print(new PrintWriter(text));
    return text.toString();
  }
}
