package io.plumbline.jobs.importing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HourlySortTest {
  private static final Schema SCHEMA = ImportFixture.schema("{'name':'n','type':'int'}");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 3_000, 20_000, 1 << 24})
  void isAStableSortWhateverTheBudget(int budget) throws IOException {
    long seed = 42;
    Random random = new Random(seed);
    Map<Long, List<Entry>> expected = new TreeMap<>();
    try (SpillFile spill = new SpillFile(folder.resolve("spill"))) {
      HourlySort sort = new HourlySort(SCHEMA, spill, budget);
      for (int n = 0; n < 2_000; n++) {
        Position position =
            new Position(random.nextInt(9) - 4, random.nextInt(3) - 1, random.nextInt(5));
        long hour = random.nextInt(3) == 0 ? random.nextInt(20) - 10 : 3;
        GenericData.Record record = new GenericData.Record(SCHEMA);
        record.put(0, n);
        sort.add(hour, position, record);
        expected.computeIfAbsent(hour, h -> new ArrayList<>()).add(new Entry(position, n));
      }
      assertThat(sort.hours()).isEqualTo(List.copyOf(expected.keySet()));
      for (long hour : sort.hours()) {
        List<Integer> drained = new ArrayList<>();
        sort.drain(hour, record -> drained.add((Integer) record.get(0)));
        assertThat(drained)
            .as("seed %d, hour %d", seed, hour)
            .isEqualTo(
                expected.get(hour).stream()
                    .sorted((a, b) -> Position.ORDER.compare(a.position, b.position))
                    .map(Entry::n)
                    .toList());
      }
    }
  }

  private record Entry(Position position, int n) {}
}
