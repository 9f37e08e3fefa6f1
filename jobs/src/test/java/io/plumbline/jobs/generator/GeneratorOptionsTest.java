package io.plumbline.jobs.generator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.generator.GeneratorOptions.Dirt;
import io.plumbline.jobs.generator.GeneratorOptions.Keys;
import io.plumbline.jobs.generator.GeneratorOptions.Schedule;
import org.junit.jupiter.api.Test;

class GeneratorOptionsTest {
  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new Dirt(1.5, 0, 0, 0, 0, 0, 0, 0))
        .hasMessageContaining("late is 1.5");
    assertThatThrownBy(() -> new Dirt(0, 0, 0, 0, 0, Double.NaN, 0, 0))
        .hasMessageContaining("duplicates is NaN");
    assertThatThrownBy(() -> new Dirt(0.5, 0.5, 0.5, 0, 0, 0, 0, 0))
        .hasMessageContaining("is 1.5; it must be 1 at most");
    assertThatThrownBy(() -> new Keys(0, 1, 1)).hasMessageContaining("keys is 0");
    assertThatThrownBy(() -> new Keys(1, -1, 1)).hasMessageContaining("zipf is -1");
    assertThatThrownBy(() -> new Keys(1, 1, 0)).hasMessageContaining("partitions is 0");
    assertThatThrownBy(() -> new Schedule(0, -1, 1)).hasMessageContaining("events is -1");
    assertThatThrownBy(() -> new Schedule(0, 1, 0)).hasMessageContaining("rate is 0");
    assertThatThrownBy(() -> new Schedule(0, 1, 1, 1, 1_000, 1_000))
        .hasMessageContaining("quiet-for is 1000");
    assertThatThrownBy(() -> new Schedule(0, 1, 1, 1, 0, 5)).hasMessageContaining("quiet-for is 5");
  }
}
