package io.plumbline.jobs.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.generator.GeneratorOptions.Schedule;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObservationGeneratorTest {
  private static final long START = 1_767_225_600_000L;
  private static final int ROWS = 5_000;
  private static final GeneratorOptions OPTIONS =
      GeneratorOptions.defaults().withSchedule(new Schedule(START, 20_000, 100));

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void namesAllKeysAndAsksWithinTheTimesOfEvents(ShippedSet set) {
    EventGenerator events = EventGenerator.of(set.folder(), OPTIONS);
    Set<String> known = new HashSet<>();
    events.forEachRemaining(record -> addValues(AvroJson.parse(record.payload()), known));
    ObservationGenerator observations = events.observations();
    List<String> keyFields = ShippedDefinitions.keyFields(set);
    int early = 0;
    int unknown = 0;
    int nulls = 0;
    int positive = 0;
    for (int row = 0; row < ROWS; row++) {
      JsonNode line = AvroJson.parse(observations.nextBytes());
      assertThat(line.get("row").asInt()).isEqualTo(row);
      assertThat(line.get("at").asLong()).isLessThan(START + 400_000);
      early += line.get("at").asLong() < START ? 1 : 0;
      positive += line.get("label").asInt();
      for (String key : keyFields) {
        assertThat(line.has(key)).as(key).isTrue();
        nulls += line.get(key).isNull() ? 1 : 0;
        unknown += !line.get(key).isNull() && !known.contains(line.get(key).asText()) ? 1 : 0;
      }
    }
    int cells = ROWS * keyFields.size();
    assertThat(early).isBetween(ROWS / 100, ROWS / 20);
    assertThat(nulls).isBetween(cells / 200, cells / 50);
    assertThat(unknown).isBetween(cells / 100, cells / 5);
    assertThat(positive).isBetween(ROWS / 20, ROWS / 2);
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void isTheSameEachTime(ShippedSet set) {
    EventGenerator events = EventGenerator.of(set.folder(), OPTIONS);
    events.forEachRemaining(record -> {});
    String first = text(events.observations());
    assertThat(text(events.observations())).isEqualTo(first);
  }

  private static String text(ObservationGenerator observations) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      all.append(new String(observations.nextBytes(), StandardCharsets.UTF_8)).append('\n');
    }
    return all.toString();
  }

  private static void addValues(JsonNode event, Set<String> known) {
    if (event != null) {
      event.forEach(value -> known.add(value.asText()));
    }
  }
}
