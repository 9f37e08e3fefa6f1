package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyBucketTest {
  private final KeyBucket bucket = new KeyBucket();

  /** The times for which the bucket stands in a list. */
  private final List<Long> listed = new ArrayList<>();

  private void callAt(long time) {
    if (bucket.callAt(time)) {
      listed.add(time);
    }
  }

  @Test
  void aBucketStandsInAListForWheneverItIsDue() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      bucket.dueAt = Long.MAX_VALUE;
      bucket.listedAt = Long.MAX_VALUE;
      listed.clear();
      long now = 0;
      for (int step = 0; step < 200; step++) {
        callAt(now + 1 + random.nextInt(random.nextBoolean() ? 3 : 50));
        assertThat(listed).as("seed %d", seed).contains(bucket.dueAt);
        now += random.nextInt(4);
        while (!listed.isEmpty() && first() <= now) {
          long time = first();
          listed.remove(time);
          long dueAt = bucket.dueAt;
          assertThat(bucket.called(time)).as("seed %d", seed).isEqualTo(time == dueAt);
          if (time == dueAt && random.nextBoolean()) {
            callAt(now + 1 + random.nextInt(50));
          }
        }
        assertThat(bucket.dueAt).as("seed %d", seed).isGreaterThan(now);
      }
    }
  }

  private long first() {
    return listed.stream().mapToLong(Long::longValue).min().orElseThrow();
  }

  @Test
  void questionsDoNotMakeAFarTimeStandThereManyTimes() {
    long far = 1_000_000;
    callAt(far);
    for (long question = 1; question <= 1_000; question++) {
      callAt(question);
      listed.remove(question);
      assertThat(bucket.called(question)).isTrue();
      callAt(far);
    }
    assertThat(listed).containsExactly(far);
  }
}
