package io.plumbline.jobs.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.jobs.importing.ImportFixture;
import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LakePlanTest {
  private static final long HOUR = LakeLayout.HOUR_MS;

  @TempDir Path folder;

  @Test
  void listsTheHoursThatOverlapTheRange() {
    ImportFixture lake = new ImportFixture(folder);
    lake.load(
        lake.file("pay.jsonl", row(-1), row(0), row(7), row(HOUR - 1), row(HOUR), row(50 * HOUR)));
    assertThat(hours(lake, 0, HOUR - 1)).containsExactly("date=1970-01-01/hour=00");
    assertThat(hours(lake, -1, HOUR))
        .containsExactly(
            "date=1969-12-31/hour=23", "date=1970-01-01/hour=00", "date=1970-01-01/hour=01");
    assertThat(hours(lake, HOUR + 1, Long.MAX_VALUE))
        .containsExactly("date=1970-01-01/hour=01", "date=1970-01-03/hour=02");
    assertThat(hours(lake, Long.MIN_VALUE, -HOUR - 1)).isEmpty();
    assertThat(hours(lake, 1, 0)).isEmpty();
    LakeFile first = LakePlan.of(lake.lake, lake.source, 0, 1).files().get(0);
    assertThat(first.rows()).isEqualTo(3);
    assertThat(first.minIngestedAt()).isZero();
    assertThat(first.maxIngestedAt()).isEqualTo(HOUR - 1);
    assertThat(first.order()).isEqualTo(RowOrder.BY_INGESTION);
    assertThat(first.bytes()).isPositive();
  }

  @Test
  void ignoresWhatReadersIgnore() throws IOException {
    ImportFixture lake = new ImportFixture(folder);
    lake.load(lake.file("pay.jsonl", row(0)));
    Path hour = lake.lake.resolve("pay/date=1970-01-01/hour=00");
    Files.writeString(hour.resolve(".hidden.parquet"), "x");
    Files.writeString(hour.resolve("_temporary.parquet"), "x");
    Files.writeString(hour.resolve("notes.txt"), "x");
    Files.createDirectories(lake.lake.resolve("pay/_import-000009"));
    assertThat(LakePlan.all(lake.lake, lake.source).files()).hasSize(1);
  }

  @Test
  void namesFoldersThatAreNoHour() throws IOException {
    ImportFixture lake = new ImportFixture(folder);
    Files.createDirectories(lake.lake.resolve("pay/date=today/hour=00"));
    assertThatThrownBy(() -> LakePlan.all(lake.lake, lake.source))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("date=today");
  }

  @Test
  void aSourceWithoutFolderHasNoFiles() {
    ImportFixture lake = new ImportFixture(folder);
    assertThat(LakePlan.all(lake.lake, lake.source)).isEqualTo(new LakePlan(List.of(), 0));
  }

  @Test
  void completenessIsForEverUnlessTheArchiveSaysOtherwise() throws IOException {
    assertThat(Completeness.of(folder, "pay").knowledgeTimeMs()).isEqualTo(Long.MAX_VALUE);
    Path file = Files.createDirectories(folder.resolve("pay")).resolve("_complete.json");
    Files.writeString(file, "{\"knowledge_time\": -5}");
    assertThat(Completeness.of(folder, "pay").knowledgeTimeMs()).isEqualTo(-5);
    for (String wrong : List.of("{", "{}", "{\"knowledge_time\": 1.5}")) {
      Files.writeString(file, wrong);
      assertThatThrownBy(() -> Completeness.of(folder, "pay"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(file.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, date=1970-01-01/hour=00",
    "-1, date=1969-12-31/hour=23",
    "9223372036854775807, date=+292278994-08-17/hour=07",
    "-9223372036854775808, date=-292275055-05-16/hour=16",
  })
  void everyTimeHasAFolder(long time, String expected) {
    assertThat(LakeLayout.folder(LakeLayout.hourOf(time))).isEqualTo(expected);
  }

  private List<String> hours(ImportFixture lake, long from, long to) {
    return LakePlan.of(lake.lake, lake.source, from, to).files().stream()
        .map(file -> lake.lake.resolve("pay").relativize(file.path().getParent()).toString())
        .toList();
  }

  static Source source(Schema schema) {
    return new Source(
        "pay",
        schema,
        "pay",
        Source.Encoding.JSON,
        "at",
        new Source.IngestedAt.Log(),
        0,
        Optional.empty(),
        0,
        0);
  }

  private static String row(long ingestedAt) {
    return "{\"id\": \"a\", \"at\": 1, \"_ingested_at\": " + ingestedAt + "}";
  }
}
