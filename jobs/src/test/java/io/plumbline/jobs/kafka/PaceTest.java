package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.PartitionMark.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;

/** Two partitions of one reader, by a clock that only the test moves. */
class PaceTest {
  private static final long NOW = 1_000_000_000;
  private static final long OLD = NOW - 3_600_000;

  private static final long DISORDER = 15_000;

  /** So many records are in a second of the log. */
  private static final int IN_A_SECOND = 10_000;

  private final Set<String> held = new TreeSet<>();
  private final List<Long> told = new ArrayList<>();
  private long nanos = TimeUnit.DAYS.toNanos(1);
  private final Pace pace =
      new Pace(
          (toPause, toResume) -> {
            toPause.forEach(split -> assertThat(held.add(split)).isTrue());
            toResume.forEach(split -> assertThat(held.remove(split)).isTrue());
          },
          told::add,
          DISORDER,
          () -> NOW,
          () -> nanos);
  private final PartitionMark a = partition("a");
  private final PartitionMark b = partition("b");

  private PartitionMark partition(String split) {
    PartitionMark mark = new PartitionMark(Evidence.RECORDS_AND_END, DISORDER, 0);
    pace.add(split, mark);
    return mark;
  }

  /** Reads on to an offset; the log's records are as close together as a burst's are. */
  private static void read(PartitionMark partition, long offset) {
    partition.read(offset, OLD + TimeUnit.SECONDS.toMillis(1) * offset / IN_A_SECOND);
  }

  /** Reads so many records of each between two looks. */
  private void readOn(long from, long to, long ofA, long ofB) {
    for (long i = from; i <= to; i++) {
      read(a, ofA * i);
      read(b, ofB * i);
      look();
    }
  }

  private void look() {
    look(InputStatus.NOTHING_AVAILABLE);
  }

  private void look(InputStatus status) {
    nanos += TimeUnit.MILLISECONDS.toNanos(200);
    pace.look(status);
    assertThat(pace.held()).isEqualTo(held.size());
  }

  @Test
  void oneThatIsFarAheadOfTheSlowestWaitsForIt() {
    readOn(1, 15, 400, 100);
    assertThat(held).as("4,500 ahead").isEmpty();
    readOn(16, 25, 400, 100);
    assertThat(held).as("7,500 ahead").containsExactly("a");
    for (long i = 26; i <= 60; i++) {
      read(b, 100 * i);
      look();
    }
    assertThat(held).as("4,000 ahead").containsExactly("a");
    for (long i = 61; i <= 80; i++) {
      read(b, 100 * i);
      look();
    }
    assertThat(held).as("2,000 ahead").isEmpty();
  }

  @Test
  void aFastReaderMayBeTwoSecondsAhead() {
    for (long i = 1; i <= 10; i++) {
      read(a, 2_000 * i);
      read(b, 100 * i);
      look();
      assertThat(held).as("%d ahead", 1_900 * i).isEmpty();
    }
    readOn(11, 13, 2_000, 100);
    assertThat(held).containsExactly("a");
  }

  @Test
  void anotherReadersSlowestCountsAndIsToldOfOurs() {
    pace.slowest(a(0));
    for (long i = 1; i <= 20; i++) {
      read(a, 1_000 * i);
      look();
    }
    assertThat(held).containsExactly("a");
    assertThat(told).hasSizeGreaterThan(10).isSorted();
    assertThat(told.get(0)).isEqualTo(a(1_000));
    pace.slowest(Slowest.NONE);
    assertThat(held).isEmpty();
  }

  private static long a(long offset) {
    return OLD + TimeUnit.SECONDS.toMillis(1) * offset / IN_A_SECOND - DISORDER;
  }

  @Test
  void recentRecordsWaitForNobody() {
    pace.slowest(OLD);
    for (long i = 1; i <= 20; i++) {
      a.read(10_000 * i, NOW - 9_000 + i);
      look();
    }
    assertThat(held).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void oneThatIsNotReadAnyMoreHoldsNobody() {
    read(b, 1);
    for (long i = 1; i <= 14; i++) {
      read(a, 1_000 * i);
      look();
    }
    assertThat(held).containsExactly("a");
    for (long i = 0; i < 3; i++) {
      look();
    }
    assertThat(held).isEmpty();
    assertThat(told.get(told.size() - 1)).isEqualTo(a(14_000));
  }

  /** It is read in turn with others, 5,000 records at a time; its turn comes after 8 s. */
  @Test
  void oneThatWaitsForItsTurnHoldsOthers() {
    read(b, 1);
    PartitionMark c = partition("c");
    for (long i = 1; i <= 40; i++) {
      read(i <= 20 ? a : c, 500 * (i <= 20 ? i : i - 20));
      look(InputStatus.MORE_AVAILABLE);
    }
    assertThat(held).containsExactly("a", "c");
    assertThat(told).containsExactly(a(1));
  }

  @Test
  void oneThatWasReadToItsEndHoldsNobody() {
    readOn(1, 20, 1_000, 10);
    assertThat(held).containsExactly("a");
    b.ended(201, NOW);
    look();
    assertThat(held).isEmpty();
  }
}
