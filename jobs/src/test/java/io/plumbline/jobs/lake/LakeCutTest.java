package io.plumbline.jobs.lake;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times are seconds here, and the log's disorder is 10 of them. */
class LakeCutTest {
  private static final long START = 1_777_629_600_000L;

  @TempDir Path folder;
  private Path lake;
  private Source source;
  private final List<String> rows = new ArrayList<>();

  @BeforeEach
  void define() throws IOException {
    lake = folder.resolve("lake");
    Path defs = Files.createDirectories(folder.resolve("defs"));
    Files.writeString(
        defs.resolve("pay.avsc"),
        """
        {"type": "record", "name": "Pay", "fields": [
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
        """);
    Files.writeString(
        defs.resolve("pay.yaml"),
        """
        sources:
          - name: pay
            schema: pay.avsc
            topic: pay
            encoding: json
            event_time: at
            ingested_at: record
            lateness: 10m
            log_disorder: 10s
        """);
    source = DefinitionLoader.load(defs).source("pay");
  }

  @Test
  void cutsAtTheFirstOffsetThatCameAfterTheTime() throws IOException {
    log(0, 0, 10, 20, 32, 29, 40);
    log(1, 5, 1, 2, 3);

    LakeCut cut = complete(100).at(30);

    assertThat(cut.offsets()).isEqualTo(Map.of(0, 2L, 1, 8L));
    assertThat(cut.holes()).isEmpty();
  }

  @Test
  void goesBackBehindTheLastRecordThatIsThere() throws IOException {
    log(0, 0, 10, 20);
    log(0, 4, 50);

    assertThat(complete(100).at(30).offsets()).isEqualTo(Map.of(0, 2L));
    assertThat(complete(100).at(30).holes()).isEmpty();
  }

  @Test
  void stopsBeforeWhatAnArchiveMayStillPublish() throws IOException {
    log(0, 0, 10, 20);
    log(0, 3, 28);

    assertThat(complete(30).at(30).offsets()).isEqualTo(Map.of(0, 2L));
    assertThat(complete(30).at(30).holes()).isEmpty();
    assertThat(complete(38).at(30).offsets()).isEqualTo(Map.of(0, 4L));
    assertThat(complete(38).at(30).holes()).containsExactly(gap(2, 2));
  }

  @Test
  void leavesAPartitionToTheLogOfWhichNothingIsCertain() throws IOException {
    log(0, 3, 25);

    assertThat(complete(30).at(30).offsets()).isEmpty();
  }

  @Test
  void findsWhatIsLacking() throws IOException {
    log(0, 0, 1, 2);
    log(0, 5, 3);
    log(0, 7, 4);
    imported(1, 2, 3);

    LakeCut cut = complete(100).at(30);

    assertThat(cut.offsets()).isEqualTo(Map.of(0, 8L));
    assertThat(cut.holes()).containsExactlyInAnyOrder(gap(2, 4), gap(6, 6));
    assertThat(cut.holes().get(0)).hasToString("partition 0, offsets 2 to 4 (it has later ones)");
  }

  @Test
  void takesForNoHoleWhatAnArchiveMayStillPublish() throws IOException {
    log(0, 0, 10, 20);
    log(0, 3, 28);
    complete(30);
    Map<Integer, Long> read = Map.of(0, 6L);

    assertThatThrownBy(() -> LakeCut.at(lake, source, read, START + 40_000))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has source pay only up to 2026-05-01T10:00:30Z")
        .hasMessageContaining(
            "partition 0, offsets 2 (it has later ones); partition 0, offsets 4 to 5 (")
        .hasMessageContaining("everything up to 2026-05-01T10:00:40Z");
    assertThat(LakeCut.at(lake, source, Map.of(0, 2L), START + 40_000).holes()).isEmpty();
    complete(39);
    assertThatThrownBy(() -> LakeCut.at(lake, source, read, START + 40_000))
        .hasMessageContaining("lacks partition 0, offsets 4 to 5 (it has none later). Wait");
    complete(40);
    assertThat(LakeCut.at(lake, source, read, START + 40_000).holes())
        .containsExactly(gap(2, 2), new LakeCut.Hole(0, 4, 5, LakeCut.Hole.Of.NONE_LATER));
  }

  @Test
  void waitsForAPartitionThatTheJobHadReadAndTheLakeHasNothingOf() throws IOException {
    log(0, 0, 10);
    complete(30);
    Map<Integer, Long> read = Map.of(0, 1L, 3, 1000L);

    assertThatThrownBy(() -> LakeCut.at(lake, source, read, START + 40_000))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("lacks partition 3, offsets 0 to 999 (it has none at all). Wait");
  }

  @Test
  void noticesImportsThatAreGone() throws IOException {
    imported(1, 2, 3);
    LakeCut whole = complete(100).at(30);
    for (Path file : LakeLayout.allFiles(LakeLayout.records(lake, "pay"))) {
      Files.delete(file);
    }
    LakeCut torn = at(30);

    assertThat(whole.holes()).isEmpty();
    assertThat(torn.holes())
        .containsExactly(new LakeCut.Hole(LakeCut.IMPORTED, 0, 2, LakeCut.Hole.Of.NONE));
  }

  @Test
  void namesAStateOfImportsThatIsDamaged() throws IOException {
    imported(1, 2, 3);
    complete(100);
    Path state = LakeLayout.records(lake, "pay").resolve("_imported.json");
    for (String text :
        List.of("{", "{\"imports\": 1}", "{\"imports\": 1, \"next_offset\": \"3\"}")) {
      Files.writeString(state, text);

      assertThatThrownBy(() -> at(30))
          .as(text)
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(state + ": must be {\"imports\": ");
    }
  }

  /** Some bytes make no difference, or another number; none leads to anything but an answer. */
  @Test
  void namesAFileWithADamagedPage() throws IOException {
    for (int i = 0; i < 300; i++) {
      log(i % 2, (long) i * i, i % 40);
    }
    complete(100);
    Path file = LakeLayout.allFiles(LakeLayout.records(lake, "pay")).get(0);
    byte[] whole = Files.readAllBytes(file);
    int footer = ByteBuffer.wrap(whole).order(LITTLE_ENDIAN).getInt(whole.length - 8);
    int damaged = 0;
    for (int at = 4; at < whole.length - footer - 8; at++) {
      byte[] torn = whole.clone();
      torn[at] ^= (byte) 0xff;
      Files.write(file, torn);
      try {
        LakeCut.at(lake, source, Map.of(0, 300L), START);
      } catch (UserError e) {
        damaged++;
        assertThat(e).as("byte %d", at).hasMessageStartingWith(file + ": is not complete Parquet");
      }
    }
    assertThat(damaged).isGreaterThan(100);
  }

  @Test
  void refusesATimeUpToWhichTheLakeIsNotComplete() throws IOException {
    log(0, 0, 1);

    assertThatThrownBy(() -> complete(29).at(30))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has source pay only up to");
  }

  @Test
  void takesImportedRecordsByTheirTime() {
    assertThat(LakeCut.isBefore(Map.of(0, 3L), 30, LakeCut.IMPORTED, 99, 30)).isTrue();
    assertThat(LakeCut.isBefore(Map.of(0, 3L), 30, LakeCut.IMPORTED, 0, 31)).isFalse();
    assertThat(LakeCut.isBefore(Map.of(0, 3L), 30, 0, 2, 99)).isTrue();
    assertThat(LakeCut.isBefore(Map.of(0, 3L), 30, 0, 3, 1)).isFalse();
    assertThat(LakeCut.isBefore(Map.of(0, 3L), 30, 1, 0, 1)).isFalse();
  }

  @Test
  void saysOfAPartitionThatIsAbsentThatThereIsNothingOfIt() throws IOException {
    log(0, 0, 10, 20);
    log(0, 9, 30);
    complete(100);
    Map<Integer, Long> read = Map.of(0, 5L, 3, 1000L);

    assertThat(LakeCut.at(lake, source, read, START + 40_000).holes())
        .extracting(LakeCut.Hole::toString)
        .containsExactlyInAnyOrder(
            "partition 0, offsets 2 to 4 (it has later ones)",
            "partition 3, offsets 0 to 999 (it has none at all)");
  }

  private static LakeCut.Hole gap(long from, long to) {
    return new LakeCut.Hole(0, from, to, LakeCut.Hole.Of.LATER_ONES);
  }

  private void log(int partition, long offset, long... seconds) {
    for (int i = 0; i < seconds.length; i++) {
      rows.add(
          row(seconds[i]).replace("}", "")
              + String.format(", \"_partition\": %d, \"_offset\": %d}", partition, offset + i));
    }
  }

  private void imported(long... seconds) {
    for (long second : seconds) {
      rows.add(row(second));
    }
  }

  private static String row(long second) {
    long at = START + second * 1000;
    return String.format("{\"at\": %d, \"_ingested_at\": %d}", at, at);
  }

  /** Imports what there is, once, and says up to when the lake is complete. */
  private LakeCutTest complete(long second) throws IOException {
    if (!rows.isEmpty()) {
      Path file = folder.resolve("rows.jsonl");
      Files.write(file, rows);
      rows.clear();
      String[] call = {
        "import",
        "--defs",
        folder.resolve("defs").toString(),
        "--source",
        "pay",
        "--input",
        file.toString(),
        "--lake",
        lake.toString(),
        "--rejects",
        folder.resolve("r").toString()
      };
      assertThat(Plumbline.commandLine().execute(call)).isZero();
    }
    new Completeness(START + second * 1000).publish(lake, "pay");
    return this;
  }

  private LakeCut at(long second) {
    return LakeCut.of(lake, source, START + second * 1000);
  }
}
