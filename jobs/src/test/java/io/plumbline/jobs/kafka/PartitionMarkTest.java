package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.PartitionMark.Evidence;
import org.junit.jupiter.api.Test;

class PartitionMarkTest {
  private final PartitionMark mark = new PartitionMark(Evidence.RECORDS_AND_END, 100, 0);

  @Test
  void knowsNothingBeforeItsFirstRecord() {
    assertThat(mark.mark()).isEqualTo(PartitionMark.NONE);
    mark.ended(1, 5_000);
    assertThat(mark.mark()).isEqualTo(PartitionMark.NONE);
  }

  @Test
  void followsItsLatestRecord() {
    mark.read(0, 1_000);
    mark.read(1, 950);
    assertThat(mark.mark()).isEqualTo(900);
    mark.read(2);
    assertThat(mark.mark()).isEqualTo(900);
    assertThat(mark.position()).isEqualTo(3);
  }

  @Test
  void anEmptyPartitionGoesWithTheClock() {
    mark.ended(0, 5_000);
    assertThat(mark.mark()).isEqualTo(4_900);
    mark.ended(0, 5_100);
    assertThat(mark.mark()).isEqualTo(5_000);
  }

  @Test
  void oneThatGivesNothingHoldsBack() {
    mark.read(0, 1_000);
    for (int at = 5_000; at < 9_000; at += 100) {
      mark.ended(2, at);
    }
    assertThat(mark.mark()).isEqualTo(900);
  }

  @Test
  void anEndThatIsReachedLaterCountsFromWhenItWasSeen() {
    mark.ended(2, 5_000);
    mark.read(0, 1_000);
    assertThat(mark.mark()).isEqualTo(900);
    mark.read(1, 1_001);
    assertThat(mark.mark()).isEqualTo(4_900);
  }

  @Test
  void aReaderThatIsAlwaysALittleBehindStillReachesEnds() {
    for (int i = 0; i < 10; i++) {
      mark.ended(i + 2, 5_000 + i);
      mark.read(i, 0);
    }
    assertThat(mark.mark()).isEqualTo(4_908);
  }

  @Test
  void passingBothEndsAtOnceCountsTheLater() {
    mark.ended(2, 5_000);
    mark.ended(3, 5_100);
    mark.passedTo(3);
    assertThat(mark.mark()).isEqualTo(5_000);
    mark.ended(4, 6_000);
    assertThat(mark.mark()).isEqualTo(5_000);
  }

  @Test
  void neverFalls() {
    mark.ended(0, 5_000);
    mark.ended(0, 4_000);
    mark.read(0, 2_000);
    assertThat(mark.mark()).isEqualTo(4_900);
    mark.passedTo(0);
    assertThat(mark.position()).isEqualTo(1);
  }

  @Test
  void recordsMayHaveNoSay() {
    PartitionMark end = new PartitionMark(Evidence.END, 100, 0);
    end.read(0, 9_000);
    assertThat(end.mark()).isEqualTo(PartitionMark.NONE);
    end.ended(1, 5_000);
    assertThat(end.mark()).isEqualTo(4_900);
  }

  @Test
  void extremeTimesDoNotOverflow() {
    mark.read(0, Long.MIN_VALUE + 1);
    assertThat(mark.mark()).isEqualTo(PartitionMark.NONE);
    mark.read(1, Long.MAX_VALUE);
    assertThat(mark.mark()).isEqualTo(Long.MAX_VALUE - 100);
  }
}
