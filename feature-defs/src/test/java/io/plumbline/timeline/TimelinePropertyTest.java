package io.plumbline.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random definitions over random histories: the timeline, fed in order, or shuffled within bounds
 * with steps of settling and restores in between, answers what the naive reference answers.
 */
class TimelinePropertyTest {
  private static final int HISTORIES = Integer.getInteger("plumbline.histories", 3000);
  private static final long SEED = Long.getLong("plumbline.seed", 20260501L);

  @ParameterizedTest
  @EnumSource(Knowledge.class)
  void answersWhatTheNaiveReferenceAnswers(Knowledge knowledge) throws IOException {
    for (int i = 0; i < HISTORIES; i++) {
      long seed = SEED + i;
      try {
        new Run(new History(new Random(seed), knowledge)).check();
      } catch (Throwable e) {
        throw new AssertionError(
            "differs; see again: -Dplumbline.histories=1 -Dplumbline.seed=" + seed, e);
      }
    }
  }

  @Test
  void knowsTheEdgesOfTime() throws IOException {
    for (int i = 0; i < 300; i++) {
      long seed = SEED + i;
      Random random = new Random(seed);
      for (long edge : new long[] {-1L << 60, -1, 0, 1L << 60}) {
        try {
          new Run(new History(random, Knowledge.AS_KNOWN, edge)).check();
        } catch (Throwable e) {
          throw new AssertionError("seed " + seed + ", edge " + edge, e);
        }
      }
    }
  }

  private static final class Run {
    final Random random;
    final History history;
    final List<Event> events;
    final TimelinePlan plan;
    final long[] questions;

    Run(History history) {
      this.random = history.random;
      this.history = history;
      this.events = history.events;
      this.plan = history.plan;
      this.questions = history.questions;
    }

    void check() throws IOException {
      List<Object[]> inOrder = answersInOrder();
      List<Object[]> shuffled = answersShuffled();
      for (int q = 0; q < questions.length; q++) {
        assertThat(shuffled.get(q)).as("shuffled, at %d", questions[q]).isEqualTo(inOrder.get(q));
        history.checkValues(events, questions[q], inOrder.get(q));
      }
    }

    /** As a batch run feeds a key: by knowledge time, ties in any order, questions lazily. */
    private List<Object[]> answersInOrder() {
      List<Event> sorted = new ArrayList<>(events);
      Collections.shuffle(sorted, random);
      sorted.sort(Comparator.comparingLong(Event::knownAt));
      Timeline timeline = new Timeline(plan);
      List<Object[]> answers = new ArrayList<>();
      int next = 0;
      for (long at : questions) {
        while (next < sorted.size()
            && (sorted.get(next).knownAt() <= at || random.nextInt(3) == 0)) {
          timeline.add(sorted.get(next++));
        }
        answers.add(timeline.valuesAt(at));
      }
      return answers;
    }

    /** As a streaming run feeds it: out of order, settling step by step, restored now and then. */
    private List<Object[]> answersShuffled() throws IOException {
      long disorder = (long) random.nextInt(20) * history.unit;
      List<Map.Entry<Long, Event>> arrivals = new ArrayList<>();
      for (Event event : events) {
        long jitter = (long) (random.nextDouble() * (disorder + 1));
        arrivals.add(Map.entry(event.knownAt() + jitter, event));
      }
      arrivals.sort(Map.Entry.comparingByKey());
      Timeline timeline = new Timeline(plan);
      List<Object[]> answers = new ArrayList<>();
      long watermark = Long.MIN_VALUE;
      for (Map.Entry<Long, Event> arrival : arrivals) {
        timeline.add(arrival.getValue());
        watermark = Math.max(watermark, arrival.getKey() - disorder - 1);
        if (random.nextInt(3) == 0) {
          answerUpTo(timeline, watermark, answers);
          timeline.settle(watermark);
        }
        if (random.nextInt(5) == 0) {
          timeline = history.restored(timeline);
        }
      }
      answerUpTo(timeline, Long.MAX_VALUE, answers);
      return answers;
    }

    private void answerUpTo(Timeline timeline, long time, List<Object[]> answers) {
      while (answers.size() < questions.length && questions[answers.size()] <= time) {
        answers.add(timeline.valuesAt(questions[answers.size()]));
      }
    }
  }
}
