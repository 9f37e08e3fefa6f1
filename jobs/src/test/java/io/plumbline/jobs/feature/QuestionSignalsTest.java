package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.junit.jupiter.api.Test;

class QuestionSignalsTest {
  private final QuestionSignals signals = new QuestionSignals(0);

  private Signal ask(long row, String key) {
    List<Signal> out = new ArrayList<>();
    signals.flatMap(new Asked(row, 5, new String[] {key}, new byte[0]), new ListCollector<>(out));
    assertThat(out).hasSize(1);
    return out.get(0);
  }

  @Test
  void observationsWithoutAKeyGoToManyPlaces() {
    Set<Long> hashes = new HashSet<>();
    for (long row = 0; row < 1_000; row++) {
      hashes.add(ask(row, null).hash());
    }
    assertThat(hashes).hasSizeGreaterThan(990);
  }

  @Test
  void noEntityHasTheKeyThatStandsForNone() {
    Object[][] keys = {{"%"}, {"%25"}, {"%:25"}, {"", "25"}, {"|"}};
    for (Object[] parts : keys) {
      String key = EntityKey.of(parts);
      assertThat(ask(25, null).key()).isNotEqualTo(key);
      assertThat(ask(25, key).key()).isEqualTo(key);
    }
  }
}
