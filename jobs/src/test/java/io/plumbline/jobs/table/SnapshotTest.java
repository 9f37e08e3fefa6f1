package io.plumbline.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plumbline.UserError;
import io.plumbline.jobs.observations.ObservationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  private static final Instant NOW = Instant.parse("2026-05-01T10:15:00.123Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void choose() {
    out = folder.resolve("tables");
  }

  private Snapshot begin(String name) {
    return Snapshot.begin(out, "ranker", Optional.of(name), CLOCK);
  }

  private Snapshot begin() {
    return Snapshot.begin(out, "ranker", Optional.empty(), CLOCK);
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Manifest manifest() throws IOException {
    ObservationFile observations = Tables.observations(folder, "{\"at\":1}");
    TableSchema schema = new TableSchema(observations.codec(), Tables.FEATURES);
    TableProfile profile = new TableProfile(schema);
    profile.add(
        new byte[] {2, '1'}, Tables.finish(-1.5, 3L, false, "x", List.of(1.0), List.of("a")));
    return new Manifest(
        "0.1.0",
        NOW.toString(),
        new Manifest.DefinitionSet(
            "f00d", Map.of("features.yaml", "features: []\n", "a.avsc", "{}")),
        null,
        Tables.FEATURES.stream().map(Manifest.FeatureEntry::of).toList(),
        "as-known",
        "batch",
        Manifest.ObservationEntry.of(observations.summary()),
        Map.of(
            "visit",
            new Manifest.SourceFiles(null, null, List.of()),
            "pay",
            new Manifest.SourceFiles(
                NOW.toString(),
                NOW.toString(),
                List.of(new Manifest.LakeFile("pay/date=2026-05-01/hour=10/a.parquet", 5, 99)))),
        profile.rows(),
        Map.of("visit", Map.of(), "pay", Map.of("late", 226L, "duplicate", 35L)),
        profile.contentHash(),
        profile.columns());
  }

  @Test
  void appearsCompleteOrNotAtAll() throws IOException {
    Snapshot snapshot = begin("first");
    Files.writeString(snapshot.part(0, TableFormat.JSON_LINES), "{}\n");
    assertThat(list(out.resolve("ranker"))).containsExactly(".first.staging-0");
    Path published = snapshot.publish(manifest());
    assertThat(published).isEqualTo(out.resolve("ranker/first"));
    assertThat(list(out.resolve("ranker"))).containsExactly("first");
    assertThat(list(published)).containsExactly("manifest.json", "part-00000.jsonl");
    snapshot.abort();
    assertThat(published).isDirectory();
  }

  @Test
  void aManifestReadsBackAsItWas() throws IOException {
    Manifest manifest = manifest();
    Path published = begin("first").publish(manifest);
    assertThat(Manifest.read(published)).isEqualTo(manifest);
    assertThat(Files.readString(published.resolve("manifest.json"))).isEqualTo(manifest().toJson());
    JsonNode json = new JsonMapper().readTree(manifest.toJson());
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "product_version",
            "created_at",
            "definitions",
            "service",
            "features",
            "knowledge",
            "runtime",
            "observations",
            "lake",
            "rows",
            "rejected",
            "content_hash",
            "columns");
    assertThat(json.get("rejected"))
        .hasToString("{\"pay\":{\"duplicate\":35,\"late\":226},\"visit\":{}}");
    assertThat(json.get("features").get(0))
        .hasToString(
            "{\"column\":\"f_double\",\"id\":\"f_double:v1\",\"type\":\"double\",\"default\":0.0}");
  }

  @Test
  void whatIsNoSnapshotHasNoManifest() throws IOException {
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("manifest.json: there is no such file");
    Files.writeString(folder.resolve("manifest.json"), "{\"rows\": ");
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a manifest");
  }

  @Test
  void isNeverOverwritten() throws IOException {
    begin("first").publish(manifest());
    assertThatThrownBy(() -> begin("first"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ranker/first: this snapshot exists and is never overwritten");
  }

  @Test
  void ofTwoWithOneNameTheFirstToFinishWins() throws IOException {
    Snapshot slow = begin("first");
    Snapshot fast = begin("first");
    Files.writeString(fast.part(0, TableFormat.JSON_LINES), "fast\n");
    fast.publish(manifest());
    assertThatThrownBy(() -> slow.publish(manifest()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("this snapshot exists");
    assertThat(list(out.resolve("ranker"))).containsExactly("first");
    assertThat(out.resolve("ranker/first/part-00000.jsonl")).hasContent("fast\n");
  }

  @Test
  void namesFromTheTimeNeverCollide() throws IOException {
    Snapshot first = begin();
    Snapshot second = begin();
    first.publish(manifest());
    second.publish(manifest());
    begin().publish(manifest());
    assertThat(list(out.resolve("ranker")))
        .containsExactly("20260501T101500.123Z", "20260501T101500.124Z", "20260501T101500.125Z");
  }

  @Test
  void abortLeavesNothing() throws IOException {
    Snapshot snapshot = begin("first");
    Files.writeString(snapshot.part(0, TableFormat.PARQUET), "half");
    snapshot.abort();
    assertThat(out).doesNotExist();
    Files.createDirectories(out);
    begin("first").abort();
    assertThat(list(out)).isEmpty();
  }

  @Test
  void removesWhatKilledRunsLeftADayAgo() throws IOException {
    Path old = old(begin("old").staging(), NOW.minus(Duration.ofHours(25)));
    Path recent = old(begin("recent").staging(), NOW.minus(Duration.ofHours(23)));
    Path growing = begin("growing").staging();
    Files.writeString(growing.resolve("part-00000.jsonl"), "x");
    Files.setLastModifiedTime(growing.resolve("part-00000.jsonl"), FileTime.from(NOW));
    old(growing, NOW.minus(Duration.ofHours(30)));
    Path foreign = Files.createDirectory(out.resolve("ranker/.hidden"));
    old(foreign, NOW.minus(Duration.ofDays(9)));
    begin("next");
    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    assertThat(growing).exists();
    assertThat(foreign).exists();
  }

  private static Path old(Path folder, Instant time) throws IOException {
    return Files.setLastModifiedTime(folder, FileTime.from(time));
  }

  @Test
  void placesThatCannotHoldTables() throws IOException {
    Files.writeString(out, "a file");
    assertThatThrownBy(() -> begin("first"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(out + ": is a file, not a folder");
    assertThat(out).hasContent("a file");
    for (String name : List.of("", "../x", ".x", "a/b", "a b")) {
      assertThatThrownBy(() -> begin(name))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'" + name + "' cannot be the name of a snapshot");
    }
  }

  @Test
  void whatCannotBePublishedLeavesNothing() throws IOException {
    Snapshot snapshot = begin("first");
    Files.createDirectory(snapshot.staging().resolve("manifest.json"));
    assertThatThrownBy(() -> snapshot.publish(manifest()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be written: Is a directory");
    assertThat(out).doesNotExist();
  }
}
