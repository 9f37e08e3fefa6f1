package io.plumbline.jobs.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.importing.ImportRequest.MalformedRows;
import io.plumbline.jobs.importing.ImportSummary.Outcome;
import io.plumbline.jobs.lake.LakePlan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImporterTest {
  @TempDir Path folder;
  private ImportFixture lake;

  @BeforeEach
  void setUp() {
    lake = new ImportFixture(folder);
  }

  @Test
  void sortsEachHourByIngestionTimePartitionAndOffset() {
    Path input =
        lake.file(
            "pay.jsonl",
            "{'id':'c','at':5,'_ingested_at':3600000,'_partition':0,'_offset':3}"
                .replace('\'', '"'),
            "{'id':'b','at':5,'_ingested_at':9,'_partition':1,'_offset':1}".replace('\'', '"'),
            "{'id':'a','at':5,'_ingested_at':9,'_partition':0,'_offset':2}".replace('\'', '"'));
    ImportSummary summary = lake.load(input);
    assertThat(summary).isEqualTo(new ImportSummary(3, Map.of(), 2, Outcome.PUBLISHED));
    assertThat(lake.events())
        .containsExactly(
            "{\"id\": \"a\", \"at\": 5, \"amount\": null} @9 0:2",
            "{\"id\": \"b\", \"at\": 5, \"amount\": null} @9 1:1",
            "{\"id\": \"c\", \"at\": 5, \"amount\": null} @3600000 0:3");
    assertThat(lake.files())
        .containsExactly(
            "pay/date=1970-01-01/hour=00/import-000001.parquet",
            "pay/date=1970-01-01/hour=01/import-000001.parquet");
  }

  @Test
  void timesBefore1970AndFarYearsHaveFolders() {
    lake.load(
        lake.file(
            "pay.jsonl",
            row("a", "-1"),
            row("b", "-62198755200000"),
            row("c", "\"+12345-06-07T08:00:00Z\"")));
    assertThat(lake.files())
        .containsExactly(
            "pay/date=+12345-06-07/hour=08/import-000001.parquet",
            "pay/date=-0001-01-01/hour=00/import-000001.parquet",
            "pay/date=1969-12-31/hour=23/import-000001.parquet");
    assertThat(LakePlan.of(lake.lake, lake.source, -5, -1).rows()).isEqualTo(1);
    assertThat(LakePlan.of(lake.lake, lake.source, Long.MIN_VALUE, -1).rows()).isEqualTo(2);
    assertThat(lake.events()).hasSize(3);
  }

  @Test
  void offsetsOfRowsWithoutPositionGoOnFromTheLastImport() {
    lake.load(lake.file("one.jsonl", row("a", "1"), row("b", "2")));
    lake.load(lake.file("two.jsonl", row("c", "3")));
    assertThat(lake.events())
        .extracting(event -> event.substring(event.indexOf('@')))
        .containsExactly("@1 -1:0", "@2 -1:1", "@3 -1:2");
  }

  @Test
  void readsGzipWhateverTheName() throws IOException {
    Path input = folder.resolve("pay.json");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(input))) {
      out.write(
          ("\uFEFF" + row("a", "1") + "\r\n\n  \n" + row("b", "2"))
              .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(lake.load(input).rows()).isEqualTo(2);
    assertThat(lake.events()).hasSize(2);
  }

  @Test
  void aCutOffGzipImportsNothing() throws IOException {
    Path whole = folder.resolve("whole.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      for (int i = 0; i < 1_000; i++) {
        out.write(
            (row("id" + i * 7919, String.valueOf(i)) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.jsonl.gz"), java.util.Arrays.copyOf(bytes, 2_000));
    assertThatThrownBy(() -> lake.load(cut))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cut.jsonl.gz");
    assertThat(lake.files()).isEmpty();
  }

  @Test
  void readsCsvWithQuotesAndTimesOfItsOwnForm() {
    Path input =
        lake.file(
            "pay.csv",
            "at,id,amount,note",
            "12/1/2010 8:26,\"a,\"\"b\"\"",
            "c\",1.5,x",
            "12/1/2010 8:27,d,,x");
    lake.load("at", TimeText.of("M/d/yyyy H:mm", "Europe/London"), input);
    assertThat(lake.events())
        .containsExactly(
            "{\"id\": \"a,\\\"b\\\"\\nc\", \"at\": 1291191960000, \"amount\": 1.5}"
                + " @1291191960000 -1:0",
            "{\"id\": \"d\", \"at\": 1291192020000, \"amount\": null} @1291192020000 -1:1");
  }

  @Test
  void aQuoteThatIsNeverClosedImportsNothing() {
    Path input = lake.file("pay.csv", "at,id", "1,a", "2,\"b", "3,c");
    assertThatThrownBy(() -> lake.load("at", TimeText.ISO, input))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 3");
    assertThat(lake.files()).isEmpty();
  }

  @Test
  void malformedRowsAreArchivedAndListed() throws IOException {
    Path input =
        lake.file(
            "pay.jsonl",
            row("a", "1"),
            "{\"broken\": ",
            "{\"id\": null, \"at\": 2, \"_ingested_at\": 2}",
            "{\"id\": \"b\", \"at\": \"x\", \"_ingested_at\": 3}",
            "{\"id\": \"c\", \"at\": 4}",
            "{\"id\": \"d\", \"at\": 4, \"_ingested_at\": 2.5}");
    ImportSummary summary = lake.load(input);
    assertThat(summary.malformed())
        .containsOnly(
            Map.entry("not JSON: Unexpected end-of-input within/between Object entries", 1L),
            Map.entry("id: no event id", 1L),
            Map.entry("at: not a time", 1L),
            Map.entry("no ingestion time", 1L),
            Map.entry("_ingested_at: neither an integer nor text", 1L));
    assertThat(lake.files())
        .contains(
            "_malformed/pay/date=1970-01-01/hour=00/import-000001.parquet",
            "_malformed/pay/date=unknown/import-000001.parquet");
    assertThat(LakePlan.all(lake.lake, lake.source).malformedRows()).isEqualTo(5);
    assertThat(LakePlan.of(lake.lake, lake.source, 0, 5).malformedRows()).isEqualTo(2);
    assertThat(Files.readAllLines(folder.resolve("rejects.jsonl")))
        .hasSize(5)
        .first()
        .asString()
        .contains("\"line\":2", "not JSON", "{\\\"broken\\\": ");
  }

  @Test
  void strictImportsNothingIfARowIsMalformed() {
    Path input = lake.file("pay.jsonl", row("a", "1"), "{");
    ImportSummary summary =
        ImportFixture.run(
            lake.request(Optional.empty(), TimeText.ISO, MalformedRows.REFUSE, input));
    assertThat(summary.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(lake.files()).isEmpty();
    assertThat(folder.resolve("rejects.jsonl")).exists();
  }

  @Test
  void aHistoryWithoutIngestionTimesIsRefusedWithTheWayOut() {
    Path input = lake.file("pay.jsonl", "{", "{\"id\": \"a\", \"at\": 1}");
    assertThatThrownBy(() -> lake.load(input))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--ingested-at at");
    assertThat(lake.files()).isEmpty();
    assertThat(lake.load("at", TimeText.ISO, input).malformedRows()).isEqualTo(1);
  }

  @Test
  void theIngestionTimeMayBeAColumnThatTheSchemaDoesNotKnow() {
    lake.load(
        "logged", TimeText.ISO, lake.file("pay.csv", "id,at,logged", "a,1,1970-01-01T00:00:07Z"));
    assertThat(lake.events()).singleElement().asString().endsWith("@7000 -1:0");
  }

  @Test
  void textualEventTimesOfAnotherFormAreKeptAsIso() {
    ImportFixture text =
        new ImportFixture(folder, ImportFixture.schema("{'name':'at','type':'string'}"));
    text.load("at", TimeText.of("d.M.yyyy", "UTC"), lake.file("pay.csv", "at", "2.1.1970", "soon"));
    assertThat(text.events()).containsExactly("{\"at\": \"1970-01-02T00:00:00Z\"} @86400000 -1:0");
  }

  @Test
  void aFileWithoutKnownNameNeedsAFormat() {
    assertThatThrownBy(() -> lake.load(lake.file("pay.txt", row("a", "1"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--format");
    assertThatThrownBy(() -> lake.load(folder.resolve("none.csv")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.csv");
  }

  static String row(String id, String ingestedAt) {
    return "{\"id\": \"" + id + "\", \"at\": 1, \"_ingested_at\": " + ingestedAt + "}";
  }
}
