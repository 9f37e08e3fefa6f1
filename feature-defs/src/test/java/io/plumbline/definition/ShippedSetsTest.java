package io.plumbline.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedSetsTest {
  private static final Path SETS = Path.of("sets");

  static List<Path> sets() throws IOException {
    try (Stream<Path> folders = Files.list(SETS)) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @Test
  void areTheFour() throws IOException {
    assertThat(sets())
        .extracting(folder -> folder.getFileName().toString())
        .containsExactly("delivery", "media", "payments", "web");
  }

  @ParameterizedTest
  @MethodSource("sets")
  void loadWithoutProblemsAndWarnings(Path set) {
    Checked checked = DefinitionLoader.check(set);
    assertThat(checked.problems()).isEmpty();
    assertThat(checked.warnings()).isEmpty();
    assertThat(checked.definitions()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("sets")
  void sayWhatEachFeatureIsWhoseItIsAndHowFresh(Path set) {
    assertThat(set.resolve("README.md")).isNotEmptyFile();
    assertThat(DefinitionLoader.load(set).features())
        .allSatisfy(
            feature -> {
              assertThat(feature.info().description()).as(feature.id()).isNotEmpty();
              assertThat(feature.info().owner()).as(feature.id()).isNotEmpty();
              assertThat(feature.info().freshnessMs()).as(feature.id()).isPresent();
            });
  }

  @ParameterizedTest
  @MethodSource("sets")
  void haveServicesTwoVersionsOfSomethingAndDerivedFeatures(Path set) {
    Definitions definitions = DefinitionLoader.load(set);
    assertThat(definitions.services()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(definitions.features()).anyMatch(feature -> feature.version() == 2);
    assertThat(definitions.features()).anyMatch(Feature.Derived.class::isInstance);
    assertThat(definitions.features()).anyMatch(feature -> feature.info().expected().isPresent());
  }

  @Test
  void aMediaUserHasSevenFeatures() {
    assertThat(DefinitionLoader.load(SETS.resolve("media")).features())
        .filteredOn(feature -> feature.entity().equals("user"))
        .hasSize(7);
  }

  @Test
  void theFirstPopularityIsActiveAndTheSecondOnTrial() {
    Definitions media = DefinitionLoader.load(SETS.resolve("media"));
    assertThat(media.service("ranker").features()).contains("item_popularity:v1");
    assertThat(media.column(media.feature("item_popularity:v2"))).isEqualTo("item_popularity_v2");
  }
}
