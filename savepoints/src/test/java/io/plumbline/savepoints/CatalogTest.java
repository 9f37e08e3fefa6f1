package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.stream.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  @TempDir Path folder;

  private final List<String> complaints = new ArrayList<>();

  private CatalogRecord record(String id, String takenAt, String job) throws IOException {
    Path savepoint = Files.createDirectories(folder.resolve("savepoint-" + id));
    Files.writeString(savepoint.resolve("_metadata"), "whatever");
    Files.writeString(savepoint.resolve("state"), "whatever");
    return new CatalogRecord(
        id,
        savepoint.toString(),
        takenAt,
        "somebody",
        "before the \"upgrade\"",
        new CatalogRecord.Job("1234", job, "0.1.0", 2L),
        "2.3.0",
        new CatalogRecord.DefinitionSet(
            "0123456789abcdef", List.of("a:v1"), new TreeMap<>(Map.of("a.yaml", "x: 1"))),
        "2026-05-01T10:00:00Z",
        List.of(new LogPosition("records-a", "topic", 1, 42)),
        List.of("records-a", "timelines-user"),
        1234,
        new CatalogRecord.Launch("/jars/a.jar", "00ff", List.of("stream", "--defs", "d"), 2));
  }

  private Catalog catalog() {
    return new Catalog(folder.resolve("catalog"), complaints::add);
  }

  @Test
  void aRecordIsReadAsItWasWritten() throws IOException {
    CatalogRecord record = record("a", "2026-05-01T10:00:01Z", "job");
    catalog().add(record);
    assertThat(catalog().list()).containsExactly(record);
    assertThat(catalog().get("a")).isEqualTo(record);
    assertThat(Files.readString(folder.resolve("catalog/a.json")))
        .contains("\"taken_at\" : \"2026-05-01T10:00:01Z\"", "\"state_bytes\" : 1234");
  }

  @Test
  void whatAKilledWriterLeavesIsNotRead() throws IOException {
    catalog().add(record("a", "2026-05-01T10:00:01Z", "job"));
    Files.writeString(folder.resolve("catalog/.b123.tmp"), "{\"id\": \"b\", \"pa");
    assertThat(catalog().list()).extracting(CatalogRecord::id).containsExactly("a");
  }

  @Test
  void anotherFileIsNamedAndPassedOver() throws IOException {
    catalog().add(record("a", "2026-05-01T10:00:01Z", "one"));
    catalog().add(record("b", "2026-05-01T10:00:02Z", "one"));
    for (String content : List.of("", "{", "[]", "{}", "null")) {
      complaints.clear();
      Files.writeString(folder.resolve("catalog/x.json"), content);
      assertThat(catalog().get("a").id()).as(content).isEqualTo("a");
      assertThat(complaints).hasSize(1);
      assertThat(complaints.get(0)).contains("x.json is no record");
    }
    Path jar = Files.createDirectories(folder.resolve("catalog/_jars")).resolve("00ff.jar");
    Files.writeString(jar, "whatever");
    Verb verb = prune("--keep", "1", "--yes");
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(verb.err()).containsOnlyOnce("x.json is no record");
    catalog().delete(catalog().get("b"));
    assertThat(jar).exists();
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    assertThatThrownBy(() -> catalog().list()).hasMessageContaining("no such folder");
    catalog().add(record("a", "2026-05-01T10:00:01Z", "job"));
    assertThatThrownBy(() -> catalog().get("b")).hasMessageContaining("has no savepoint b");
  }

  @Test
  void pruningSparesTheNewestOfEachJob() throws IOException {
    catalog().add(record("a", "2026-05-01T10:00:01Z", "one"));
    catalog().add(record("b", "2026-05-01T10:00:02Z", "one"));
    catalog().add(record("c", "2026-05-01T10:00:03Z", "one"));
    catalog().add(record("d", "2026-04-01T10:00:00Z", "two"));
    assertThat(prune("--keep", "2").out()).contains("a ").contains("nothing is deleted yet");
    assertThat(catalog().list()).hasSize(4);

    assertThat(prune("--keep", "0").exit()).isEqualTo(2);
    assertThat(prune("--keep", "1", "--yes").out()).contains("2 deleted");
    assertThat(catalog().list()).extracting(CatalogRecord::id).containsExactly("d", "c");
    assertThat(folder.resolve("savepoint-a")).doesNotExist();
    assertThat(folder.resolve("savepoint-c/state")).exists();
    assertThat(prune("--keep", "1", "--yes").out()).contains("nothing to delete");
  }

  @Test
  void pruningSparesWhatRollbacksGoTo() throws IOException {
    for (int i = 0; i < 6; i++) {
      catalog().add(record("r" + i, "2026-05-01T10:00:0" + i + "Z", "one"));
    }
    journal("_rollback-100.json", "r0");
    journal("_rollback-1000.json", "r1");
    journal("_rollback.json", "r3");
    assertThat(prune("--keep", "1", "--yes").out()).contains("3 deleted");
    assertThat(catalog().list()).extracting(CatalogRecord::id).containsExactly("r1", "r3", "r5");
    Files.writeString(folder.resolve("catalog/_rollback.json"), "[]");
    Verb verb = prune("--keep", "1");
    assertThat(verb.exit()).isEqualTo(2);
    assertThat(verb.err()).contains("_rollback.json is no journal");
  }

  private void journal(String name, String to) throws IOException {
    Files.writeString(folder.resolve("catalog").resolve(name), "{\"to\": \"%s\"}".formatted(to));
  }

  @Test
  void pruningTouchesNothingButSavepoints() throws IOException {
    CatalogRecord old = record("a", "2026-05-01T10:00:01Z", "one");
    catalog().add(old);
    catalog().add(record("b", "2026-05-01T10:00:02Z", "one"));
    Files.delete(Path.of(old.path()).resolve("_metadata"));
    Verb verb = prune("--keep", "1", "--yes");
    assertThat(verb.exit()).isEqualTo(2);
    assertThat(verb.err()).contains("is no savepoint any more");
    assertThat(Path.of(old.path()).resolve("state")).exists();
  }

  @Test
  void nothingIsPrunedWhileARollbackIsGoingOn() throws IOException {
    catalog().add(record("a", "2026-05-01T10:00:01Z", "one"));
    catalog().add(record("b", "2026-05-01T10:00:02Z", "one"));
    CatalogLock held = CatalogLock.take(folder.resolve("catalog"));
    try {
      Verb verb = prune("--keep", "1", "--yes");
      assertThat(verb.exit()).isEqualTo(1);
      assertThat(verb.err()).contains("a rollback has just begun");
      assertThat(prune("--keep", "1").exit()).isZero();
    } finally {
      held.close();
    }
    assertThat(prune("--keep", "1", "--yes").out()).contains("1 deleted");
  }

  private Verb prune(String... options) {
    Object[] call = new Object[4 + options.length];
    Object[] begin = {"savepoint", "prune", "--catalog", folder.resolve("catalog")};
    System.arraycopy(begin, 0, call, 0, begin.length);
    System.arraycopy(options, 0, call, begin.length, options.length);
    return Verb.call(call);
  }
}
