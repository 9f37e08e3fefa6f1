package io.plumbline.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableRowsTest {
  private static final String FIRST = "{\"row\":0,\"user\":\"a\",\"spend\":1.5}";
  private static final String SECOND = "{\"row\":1,\"user\":\"bob\",\"spend\":null}";

  @TempDir private Path folder;

  @Test
  void areTheSameHoweverTheyAreSpreadOverParts() throws IOException {
    TableRows one = table("one", List.of(FIRST, SECOND));
    TableRows two = table("two", List.of(SECOND), List.of(FIRST));
    assertThat(one.differences(two)).isEmpty();
    assertThat(two.differences(one)).isEmpty();
    assertThat(one.count()).isEqualTo(2);
  }

  @Test
  void sayWhatDiffers() throws IOException {
    TableRows one = table("one", List.of(FIRST, SECOND));
    TableRows two = table("two", List.of(FIRST.replace("1.5", "1.25")));
    assertThat(one.differences(two))
        .containsExactly("row 0 spend: 1.5 or 1.25", "row 1 is in one table only");
    assertThat(two.differences(one))
        .containsExactly("row 0 spend: 1.25 or 1.5", "row 1 is in one table only");
  }

  @Test
  void noticeColumnsThatOnlyOneTableHas() throws IOException {
    TableRows one = table("one", List.of("{\"row\":0}"));
    TableRows two = table("two", List.of(FIRST));
    assertThat(one.differences(two)).containsExactly("row 0 has other columns");
    assertThat(two.differences(one))
        .containsExactly(
            "row 0 has other columns", "row 0 user: \"a\" or ", "row 0 spend: 1.5 or ");
  }

  @Test
  void refuseARowThatIsThereTwice() {
    assertThatThrownBy(() -> table("one", List.of(FIRST), List.of(FIRST)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("row 0 is there twice");
  }

  @Test
  void areShownUnderTheirColumns() throws IOException {
    TableRows rows = table("one", List.of(FIRST, SECOND));
    assertThat(TableText.of(List.of("row", "user", "spend"), rows.sample(5)))
        .containsExactly("row  user  spend", "  0  a      1.50", "  1  bob       -");
    assertThat(rows.sample(1)).extracting(row -> row.get("row").asInt()).containsExactly(1);
  }

  @SafeVarargs
  private TableRows table(String name, List<String>... parts) throws IOException {
    Path snapshot = Files.createDirectory(folder.resolve(name));
    for (int i = 0; i < parts.length; i++) {
      Files.write(snapshot.resolve("part-" + i + ".jsonl"), parts[i]);
    }
    return TableRows.read(snapshot);
  }
}
