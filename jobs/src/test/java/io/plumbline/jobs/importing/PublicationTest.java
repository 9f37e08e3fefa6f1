package io.plumbline.jobs.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.importing.ImportRequest.MalformedRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {
  @TempDir Path folder;
  private ImportFixture lake;

  @BeforeEach
  void setUp() {
    lake = new ImportFixture(folder);
    lake.load(lake.file("one.jsonl", ImporterTest.row("a", "1")));
  }

  @Test
  void aFullDiskLeavesTheLakeAsItWas() {
    Set<String> before = lake.files();
    Path input =
        lake.file("two.jsonl", ImporterTest.row("b", "2"), ImporterTest.row("c", "3600000"));
    AtomicInteger files = new AtomicInteger();
    Function<Path, OutputFile> secondFails =
        path -> files.incrementAndGet() == 2 ? new FullDisk(path) : new LocalOutputFile(path);
    ImportRequest request =
        lake.request(Optional.empty(), TimeText.ISO, MalformedRows.SET_ASIDE, input);
    assertThatThrownBy(() -> ImportFixture.run(request, secondFails))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("No space left on device");
    assertThat(lake.files()).isEqualTo(before);
    assertThat(lake.load(input).files()).as("the import can be repeated").isEqualTo(2);
  }

  @Test
  void anImportKilledWhilePublishingIsTakenBackByTheNext() throws IOException {
    Path source = lake.lake.resolve("pay");
    Path left = Files.createDirectories(source.resolve("_import-000002"));
    Path moved = source.resolve("date=1999-01-01/hour=05/import-000002.parquet");
    Files.createDirectories(moved.getParent());
    Files.writeString(moved, "published too early");
    Files.writeString(left.resolve("1.tmp"), "not yet moved");
    Files.write(
        left.resolve("places"),
        List.of(lake.lake.relativize(moved).toString(), "pay/date=1999-01-01/hour=06/x.parquet"));
    lake.load(lake.file("two.jsonl", ImporterTest.row("b", "3600000")));
    assertThat(lake.files())
        .containsExactly(
            "pay/date=1970-01-01/hour=00/import-000001.parquet",
            "pay/date=1970-01-01/hour=01/import-000002.parquet");
    assertThat(source.resolve("date=1999-01-01")).doesNotExist();
  }

  @Test
  void anImportKilledAfterPublishingStays() throws IOException {
    Path left = Files.createDirectories(lake.lake.resolve("pay/_import-000001"));
    Files.write(
        left.resolve("places"), List.of("pay/date=1970-01-01/hour=00/import-000001.parquet"));
    lake.load(lake.file("two.jsonl", ImporterTest.row("b", "2")));
    assertThat(lake.events()).hasSize(2);
    assertThat(left).doesNotExist();
  }

  @Test
  void aSourceHasOneImportAtATime() throws IOException {
    Path input = lake.file("two.jsonl", ImporterTest.row("b", "2"));
    try (Publication other = Publication.begin(lake.lake, "pay")) {
      assertThat(other.nextOffset()).isEqualTo(1);
      assertThatThrownBy(() -> lake.load(input))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another import");
    }
    assertThat(lake.load(input).files()).isEqualTo(1);
  }

  @Test
  void neverReplacesAFile() throws IOException {
    Files.delete(lake.lake.resolve("pay/_imported.json"));
    Path input = lake.file("two.jsonl", ImporterTest.row("b", "2"));
    assertThatThrownBy(() -> lake.load(input))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("import-000001.parquet")
        .hasMessageContaining("_imported.json");
    assertThat(lake.events()).hasSize(1);
  }

  /** Takes a few bytes and no more. */
  private record FullDisk(Path path) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSize) {
      return new PositionOutputStream() {
        private long written;

        @Override
        public long getPos() {
          return written;
        }

        @Override
        public void write(int b) throws IOException {
          written++;
          if (written > 64) {
            throw new IOException("No space left on device");
          }
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
      return create(blockSize);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
