package io.plumbline.jobs.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.generator.GeneratorOptions.Dirt;
import io.plumbline.jobs.generator.GeneratorOptions.Keys;
import io.plumbline.jobs.generator.GeneratorOptions.Schedule;
import io.plumbline.time.TimeField;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventGeneratorTest {
  private static final long START = 1_767_225_600_000L;
  private static final long EVENTS = 40_000;
  private static final Schedule SCHEDULE = new Schedule(START, EVENTS, 50);
  private static final Dirt DIRT = new Dirt(0.04, 0.03, 0.02, 0.02, 0.03, 0.05, 0.05, 0.3);
  private static final GeneratorOptions OPTIONS =
      GeneratorOptions.defaults().withSeed(7).withSchedule(SCHEDULE).withDirt(DIRT);

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void theSameOptionsGiveTheSameBytes(ShippedSet set) {
    List<String> first = lines(set, OPTIONS);
    assertThat(lines(set, OPTIONS)).isEqualTo(first);
    assertThat(lines(set, OPTIONS.withSeed(8))).isNotEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void profilesSayWhatTheDefinitionsSay(ShippedSet set) {
    List<SourceProfile> defined =
        ShippedDefinitions.of(set).sources().stream()
            .map(
                source ->
                    new SourceProfile(
                        source.name(),
                        source.latenessMs(),
                        source.maxClockSkewMs(),
                        source.logDisorderMs()))
            .toList();
    assertThat(EventGenerator.of(set.folder(), OPTIONS).sources()).isEqualTo(defined);
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void kindsComeInTheSharesAskedFor(ShippedSet set) {
    Map<RecordKind, Long> counts = new EnumMap<>(RecordKind.class);
    forEach(set, OPTIONS, record -> counts.merge(record.kind(), 1L, Long::sum));
    long copies = counts.get(RecordKind.DUPLICATE) + counts.get(RecordKind.LATE_DUPLICATE);
    long malformed =
        counts.entrySet().stream()
            .filter(entry -> entry.getKey().isMalformed())
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(counts).containsOnlyKeys(RecordKind.values());
    assertThat(counts.values().stream().mapToLong(Long::longValue).sum() - copies)
        .isEqualTo(EVENTS);
    assertShare(counts.get(RecordKind.LATE), DIRT.late());
    assertShare(counts.get(RecordKind.BARELY_IN_TIME), DIRT.barelyInTime());
    assertShare(counts.get(RecordKind.AHEAD), DIRT.ahead());
    assertShare(counts.get(RecordKind.FUTURE), DIRT.future());
    assertShare(malformed, DIRT.malformed());
    double copied =
        DIRT.duplicates() * (1 - DIRT.late() - DIRT.ahead() - DIRT.future() - DIRT.malformed());
    assertShare(copies, copied);
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void partitionsAreLogs(ShippedSet set) {
    long disorder = EventGenerator.of(set.folder(), OPTIONS).sources().get(0).logDisorderMs();
    Map<String, Long> offsets = new HashMap<>();
    Map<String, Long> largest = new HashMap<>();
    long[] backwards = new long[1];
    forEach(
        set,
        OPTIONS,
        record -> {
          String partition = record.source() + "/" + record.partition();
          long expected = offsets.merge(partition, 0L, (last, zero) -> last + 1);
          assertThat(record.offset()).as(partition).isEqualTo(expected);
          long before = largest.getOrDefault(partition, Long.MIN_VALUE);
          if (before != Long.MIN_VALUE) {
            assertThat(record.ingestedAt()).as(partition).isGreaterThanOrEqualTo(before - disorder);
            backwards[0] += record.ingestedAt() < before ? 1 : 0;
          }
          largest.put(partition, Math.max(before, record.ingestedAt()));
        });
    assertThat(backwards[0]).as("records behind one before them").isGreaterThan(EVENTS / 50);
    assertThat(offsets.keySet()).hasSize(4 * ShippedDefinitions.of(set).sources().size());
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void withoutDisorderTimesGrowInEachPartition(ShippedSet set) {
    Map<String, Long> last = new HashMap<>();
    forEach(
        set,
        OPTIONS.withDirt(new Dirt(0.04, 0.03, 0.02, 0.02, 0.03, 0.05, 0.05, 0)),
        record -> {
          Long before = last.put(record.source() + "/" + record.partition(), record.ingestedAt());
          assertThat(before == null || before <= record.ingestedAt()).isTrue();
        });
  }

  /** Decides about every record from its bytes and times alone, and finds what its kind says. */
  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void recordsAreRejectedAsTheirKindSays(ShippedSet set) {
    Definitions definitions = ShippedDefinitions.of(set);
    List<GeneratedRecord> records = new ArrayList<>();
    forEach(set, OPTIONS, records::add);
    records.sort(
        Comparator.comparingLong(GeneratedRecord::ingestedAt)
            .thenComparingInt(GeneratedRecord::partition)
            .thenComparingLong(GeneratedRecord::offset));
    Set<String> admitted = new HashSet<>();
    for (GeneratedRecord record : records) {
      String text = new String(record.payload(), StandardCharsets.UTF_8);
      assertThat(rejection(record, definitions.source(record.source()), admitted))
          .as("%s %s ingested at %d", record.kind(), text, record.ingestedAt())
          .isEqualTo(record.kind().rejection());
      assertThat(text).doesNotContain("\n");
    }
  }

  private static Optional<String> rejection(
      GeneratedRecord record, Source source, Set<String> admitted) {
    JsonNode event = AvroJson.parse(record.payload());
    if (event == null || !AvroJson.fits(source.schema(), event)) {
      return Optional.of("malformed");
    }
    long eventTime = eventTime(event.get(source.eventTime()));
    if (eventTime - record.ingestedAt() > source.maxClockSkewMs()) {
      return Optional.of("future");
    }
    if (record.ingestedAt() - eventTime > source.latenessMs()) {
      return Optional.of("late");
    }
    boolean isNew =
        admitted.add(record.source() + event.get(source.eventId().orElseThrow()) + eventTime);
    return isNew ? Optional.empty() : Optional.of("duplicate");
  }

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void someCopiesChangePartition(ShippedSet set) {
    Map<String, Integer> partitionOf = new HashMap<>();
    int[] copies = new int[2];
    forEach(
        set,
        OPTIONS,
        record -> {
          String payload = new String(record.payload(), StandardCharsets.UTF_8);
          Integer original = partitionOf.putIfAbsent(payload, record.partition());
          if (original != null) {
            copies[original == record.partition() ? 0 : 1]++;
          }
        });
    assertThat(copies[1] / (double) (copies[0] + copies[1])).isCloseTo(0.25, within(0.05));
  }

  @Test
  void optionalFieldsAreNullOrLeftOut() {
    int[] seen = new int[3];
    forEach(
        ShippedSet.MEDIA,
        OPTIONS.withDirt(new Dirt(0, 0, 0, 0, 0, 0, 0.2, 0)),
        record -> {
          JsonNode genre = AvroJson.parse(record.payload()).get("genre");
          seen[genre == null ? 0 : genre.isNull() ? 1 : 2]++;
        });
    assertThat(seen[0] / (double) EVENTS).isCloseTo(0.1, within(0.01));
    assertThat(seen[1] / (double) EVENTS).isCloseTo(0.1, within(0.01));
  }

  @Test
  void aPerfectLogHasOnlyNormalRecordsInOrder() {
    long[] last = {Long.MIN_VALUE};
    forEach(
        ShippedSet.PAYMENTS,
        OPTIONS.withDirt(Dirt.NONE).withKeys(new Keys(100, 1, 1)),
        record -> {
          assertThat(record.kind()).isEqualTo(RecordKind.NORMAL);
          assertThat(record.ingestedAt()).isGreaterThanOrEqualTo(last[0]);
          last[0] = record.ingestedAt();
        });
  }

  @Test
  void eventsKeepToTheScheduleAndRestInQuietSpells() {
    Schedule schedule = new Schedule(START, START + 600_000, 1_000_000, 100, 60_000, 15_000);
    List<Long> times = new ArrayList<>();
    forEach(
        ShippedSet.PAYMENTS,
        OPTIONS.withSchedule(schedule).withDirt(Dirt.NONE),
        record -> times.add(AvroJson.parse(record.payload()).get("paid_at").asLong()));
    assertThat(times)
        .allSatisfy(time -> assertThat(time).isBetween(START, START + 599_999))
        .allSatisfy(time -> assertThat((time - START) % 60_000).isLessThan(45_000));
    assertThat((double) times.size()).isCloseTo(10 * 45 * 100, within(1_000.0));
  }

  @Test
  void holdsUpNoMoreLatecomersThanItMayKeep() {
    int events = 300_000;
    Map<RecordKind, Integer> counts = new EnumMap<>(RecordKind.class);
    forEach(
        ShippedSet.PAYMENTS,
        OPTIONS
            .withSchedule(new Schedule(START, events, 1e6))
            .withDirt(new Dirt(1, 0, 0, 0, 0, 0, 0, 0)),
        record -> counts.merge(record.kind(), 1, Integer::sum));
    assertThat(counts).containsEntry(RecordKind.LATE, EventGenerator.MAX_LATECOMERS);
    assertThat(counts).containsEntry(RecordKind.NORMAL, events - EventGenerator.MAX_LATECOMERS);
  }

  @Test
  void hotKeysFollowZipf() {
    Map<String, Long> counts = new HashMap<>();
    forEach(
        ShippedSet.PAYMENTS,
        OPTIONS.withDirt(Dirt.NONE).withKeys(new Keys(100, 1, 4)),
        record ->
            counts.merge(AvroJson.parse(record.payload()).get("user_id").asText(), 1L, Long::sum));
    double harmonic = 0;
    for (int k = 1; k <= 100; k++) {
      harmonic += 1.0 / k;
    }
    assertThat(counts).hasSize(100);
    assertThat(counts.get("u1") / (double) EVENTS).isCloseTo(1 / harmonic, within(0.02));
    assertThat(counts.get("u10") / (double) EVENTS).isCloseTo(0.1 / harmonic, within(0.01));
  }

  @Test
  void refusesASetThatIsNotThere() {
    assertThatThrownBy(() -> EventGenerator.of("musik", OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'musik'")
        .hasMessageContaining("media, payments, delivery, web");
  }

  private static long eventTime(JsonNode time) {
    return time.isTextual() ? TimeField.parseIso(time.asText()) : time.asLong();
  }

  private static void assertShare(long count, double share) {
    double deviation = Math.sqrt(share * (1 - share) / EVENTS);
    assertThat(count / (double) EVENTS).isCloseTo(share, within(5 * deviation));
  }

  private static List<String> lines(ShippedSet set, GeneratorOptions options) {
    List<String> lines = new ArrayList<>();
    forEach(
        set,
        options.withSchedule(new Schedule(START, 5_000, 50)),
        record ->
            lines.add(
                record.source()
                    + record.partition()
                    + "/"
                    + record.offset()
                    + "@"
                    + record.ingestedAt()
                    + new String(record.payload(), StandardCharsets.UTF_8)));
    return lines;
  }

  private static void forEach(
      ShippedSet set, GeneratorOptions options, Consumer<GeneratedRecord> consumer) {
    EventGenerator.of(set.folder(), options).forEachRemaining(consumer);
  }
}
