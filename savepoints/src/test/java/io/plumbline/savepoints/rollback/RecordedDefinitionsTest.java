package io.plumbline.savepoints.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.savepoints.CatalogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedDefinitionsTest {
  @TempDir private Path catalog;

  /** A record of definitions that mean the same as those of every other one. */
  private static CatalogRecord record(String id, Map<String, String> files) {
    return new CatalogRecord(
        id,
        "/s",
        "2026-05-01T10:00:00Z",
        "somebody",
        "before",
        null,
        "2.3.0",
        new CatalogRecord.DefinitionSet("00ff", List.of(), new TreeMap<>(files)),
        null,
        List.of(),
        List.of(),
        0,
        null);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void whatMeansTheSameInOtherFilesLiesApart() throws IOException {
    Path whole = RecordedDefinitions.in(catalog, record("a", Map.of("all.yaml", "1")));
    CatalogRecord split = record("b", Map.of("user.yaml", "1", "more/shop.yaml", "2"));
    Path parts = RecordedDefinitions.in(catalog, split);
    assertThat(files(whole)).containsExactly("all.yaml");
    assertThat(files(parts)).containsExactly("more/shop.yaml", "user.yaml");
    assertThat(RecordedDefinitions.in(catalog, split)).isEqualTo(parts).isAbsolute();
    assertThat(parts.resolve("user.yaml")).hasContent("1");
  }

  /** What a killed call has begun to write is written to its end. */
  @Test
  void aFolderAppearsAsAWhole() throws IOException {
    Path begun = catalog.resolve("_definitions/.a.tmp");
    Files.createDirectories(begun);
    Files.writeString(begun.resolve("all.yaml"), "");
    Path folder = RecordedDefinitions.in(catalog, record("a", Map.of("all.yaml", "1")));
    assertThat(folder.resolve("all.yaml")).hasContent("1");
    assertThat(begun).doesNotExist();
  }
}
