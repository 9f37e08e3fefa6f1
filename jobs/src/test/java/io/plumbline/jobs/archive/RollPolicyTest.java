package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.archive.Segment.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RollPolicyTest {
  private static final long HOUR_MS = 3_600_000;
  private static final long NOW = 50_000;

  private final RollPolicy policy = new RollPolicy(100, 1_000);
  private final AtomicInteger names = new AtomicInteger();

  @Test
  void waitsForSizeAgeOrTheHoursEnd() {
    assertThat(due(HOUR_MS - 1, segment("a", 0, 60, NOW - 999, Arrival.IN_TIME))).isEmpty();
    assertThat(due(HOUR_MS, segment("a", 0, 1, NOW, Arrival.IN_TIME))).containsExactly("0: [a]");
    assertThat(due(0, segment("a", 0, 1, NOW - 1_000, Arrival.IN_TIME))).containsExactly("1: [a]");
    assertThat(
            due(
                0,
                segment("a", 0, 60, NOW, Arrival.IN_TIME),
                segment("b", 1, 60, NOW, Arrival.IN_TIME),
                segment("c", 0, 40, NOW, Arrival.IN_TIME)))
        .containsExactly("2: [a, c]");
  }

  @Test
  void whatComesAfterItsHourWaitsLikeOthers() {
    assertThat(due(5 * HOUR_MS, segment("a", 0, 1, NOW, Arrival.UNSETTLED))).isEmpty();
    assertThat(
            due(
                5 * HOUR_MS,
                segment("a", 0, 1, NOW, Arrival.UNSETTLED),
                segment("b", 0, 1, NOW, Arrival.IN_TIME)))
        .containsExactly("0: [a, b]");
  }

  @Test
  void recordsWithoutTimeHaveNoHourThatEnds() {
    assertThat(due(Long.MAX_VALUE, segment("a", Segment.UNKNOWN_HOUR, 1, NOW, Arrival.IN_TIME)))
        .isEmpty();
    assertThat(due(Long.MIN_VALUE, segment("a", Long.MIN_VALUE / HOUR_MS, 1, NOW, Arrival.IN_TIME)))
        .isEmpty();
  }

  @Test
  void cutsWhatIsTooLargeAndLeavesNothingOfTheHour() {
    List<Segment> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(segment("s" + i, 0, 70, NOW, Arrival.IN_TIME));
    }
    waiting.add(segment("other", 1, 70, NOW, Arrival.IN_TIME));
    assertThat(lines(policy.due(waiting, 0, NOW, this::name)))
        .containsExactly("0: [s0, s1]", "1: [s2, s3]", "2: [s4]");
    assertThat(waiting).extracting(Segment::name).containsExactly("other");
    assertThat(lines(policy.all(waiting, this::name))).containsExactly("3: [other]");
    assertThat(waiting).isEmpty();
  }

  private String name() {
    return String.valueOf(names.getAndIncrement());
  }

  private List<String> due(long knowledgeTime, Segment... segments) {
    return lines(policy.due(new ArrayList<>(List.of(segments)), knowledgeTime, NOW, this::name));
  }

  private static List<String> lines(List<Publication> publications) {
    return publications.stream()
        .map(p -> p.name() + ": " + p.segments().stream().map(Segment::name).toList())
        .toList();
  }

  private static Segment segment(String name, long hour, long bytes, long since, Arrival arrival) {
    return new Segment(name, hour, 1, bytes, 0, since, arrival, new PartitionOffsets());
  }
}
