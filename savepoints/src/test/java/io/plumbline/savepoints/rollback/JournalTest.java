package io.plumbline.savepoints.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir private Path catalog;

  @Test
  void whatIsNotedIsThereForTheNext() {
    try (Journal journal = Journal.open(catalog)) {
      assertThat(journal.isBegun()).isFalse();
      journal.begin("r", "j", Map.of());
      journal.put("a", "1");
      journal.put("b", "2");
      journal.remove("b");
      journal.reached(Step.STOPPED);
      journal.reached(Step.FENCED);
      journal.undo(Step.FENCED);
    }
    try (Journal journal = Journal.open(catalog)) {
      assertThat(journal.isBegun()).isTrue();
      assertThat(journal.get("to")).contains("r");
      assertThat(journal.get("a")).contains("1");
      assertThat(journal.get("b")).isEmpty();
      assertThat(journal.has(Step.STOPPED)).isTrue();
      assertThat(journal.has(Step.FENCED)).isFalse();
      assertThat(journal.file(42)).exists();
    }
    try (Journal journal = Journal.open(catalog)) {
      assertThat(journal.isBegun()).isFalse();
    }
  }

  @Test
  void onlyOneIsOpen() {
    try (Journal journal = Journal.open(catalog)) {
      assertThatThrownBy(() -> Journal.open(catalog))
          .hasMessageContaining("a rollback has just begun");
      journal.begin("r", "j", Map.of());
      assertThatThrownBy(() -> Journal.open(catalog))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a rollback is going on: to r, begun by ");
    }
  }

  @Test
  void whatIsGivenUpStaysBesideWhatBegins() throws IOException {
    try (Journal journal = Journal.open(catalog)) {
      journal.begin("r", "j", Map.of());
      journal.put("a", "1");
      long began = journal.when(Step.BEGUN).orElseThrow();
      journal.begin("q", "k", Map.of("b", "2"));
      assertThat(journal.get("a")).isEmpty();
      assertThat(journal.get("b")).contains("2");
      assertThat(Files.readString(catalog.resolve("_rollback-abandoned-" + began + ".json")))
          .contains("\"to\" : \"r\"", "\"a\" : \"1\"");
    }
  }

  @Test
  void whatIsNoJournalIsNamed() throws IOException {
    Files.writeString(catalog.resolve("_rollback.json"), "[]");
    assertThatThrownBy(() -> Journal.open(catalog))
        .hasMessageContaining("_rollback.json is no journal");
  }
}
