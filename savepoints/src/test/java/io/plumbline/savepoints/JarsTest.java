package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.app.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarsTest {
  @TempDir private Path folder;

  private CatalogRecord.Launch launch(Path jar) {
    return new CatalogRecord.Launch(jar.toString(), Launch.sha256(jar), List.of("stream"), 1);
  }

  private Path jar(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void theJarOfAJobIsKeptOnce() throws IOException {
    Path jar = jar("a.jar", "one");
    CatalogRecord.Launch launch = launch(jar);
    CatalogRecord.Launch kept = new Jars(folder).keep(launch, null);
    assertThat(Path.of(kept.jar())).hasContent("one").startsWith(folder.resolve("_jars"));
    Files.delete(jar);
    assertThat(new Jars(folder).keep(launch, null)).isEqualTo(kept);
    assertThat(Path.of(kept.jar()).getParent().toFile().list()).hasSize(1);
  }

  @Test
  void aJarThatHasBeenReplacedIsNotKept() throws IOException {
    CatalogRecord.Launch launch = launch(jar("a.jar", "one"));
    Path other = jar("a.jar", "two");
    assertThat(new Jars(folder).keep(launch, null).jar()).isNull();
    assertThatThrownBy(() -> new Jars(folder).keep(launch, other))
        .hasMessageContaining("a.jar is not what the job runs, whose SHA-256 is");
    assertThat(new Jars(folder).keep(launch, jar("b.jar", "one")).jar()).isNotNull();
    assertThat(new Jars(folder).keep(null, other)).isNull();
  }

  @Test
  void itGoesWithTheLastRecord() throws IOException {
    CatalogRecord.Launch kept = new Jars(folder).keep(launch(jar("a.jar", "one")), null);
    CatalogRecord other =
        new CatalogRecord(
            "r",
            "p",
            "t",
            "by",
            "why",
            new CatalogRecord.Job("1", "job", null, null),
            "2.3.0",
            new CatalogRecord.DefinitionSet("f", List.of(), new TreeMap<>()),
            null,
            List.of(),
            List.of(),
            0,
            kept);
    new Jars(folder).forget(kept, List.of(other));
    assertThat(Path.of(kept.jar())).exists();
    new Jars(folder).forget(kept, List.of());
    assertThat(Path.of(kept.jar())).doesNotExist();
  }
}
