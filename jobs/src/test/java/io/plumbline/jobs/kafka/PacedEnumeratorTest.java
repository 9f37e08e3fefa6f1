package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.mocks.MockSplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers come, tell, fail and come back in the order in which Flink's coordinator says so. */
class PacedEnumeratorTest {
  private static final List<KafkaPartitionSplit> SPLITS =
      List.of(new KafkaPartitionSplit(new TopicPartition("t", 1), 7));

  private final MockSplitEnumeratorContext<KafkaPartitionSplit> context =
      new MockSplitEnumeratorContext<>(3);
  private final Inner inner = new Inner();
  private final PacedEnumerator enumerator = new PacedEnumerator(inner, context);

  @AfterEach
  void close() throws Exception {
    context.close();
  }

  private void comes(int subtask) {
    context.registerReader(new ReaderInfo(subtask, "host" + subtask));
    enumerator.addReader(subtask);
  }

  /** Its attempt is over; what it was given since the checkpoint comes back when it restarts. */
  private void fails(int subtask) {
    context.unregisterReader(subtask);
    enumerator.addSplitsBack(SPLITS, subtask);
  }

  private void tells(int subtask, long mark) {
    enumerator.handleSourceEvent(subtask, new Slowest(mark));
  }

  /** What a reader was told so far, all its attempts together. */
  private List<Long> told(int subtask) throws Exception {
    return context.getSentSourceEvent().getOrDefault(subtask, List.of()).stream()
        .map(event -> ((Slowest) event).mark())
        .toList();
  }

  @Test
  void eachIsToldTheLeastOfTheOthersWhenThatChanges() throws Exception {
    comes(0);
    comes(1);
    comes(2);
    tells(0, 100);
    tells(1, 50);
    tells(2, 70);
    tells(0, 110);
    assertThat(told(0)).containsExactly(50L);
    assertThat(told(1)).containsExactly(100L, 70L);
    assertThat(told(2)).containsExactly(100L, 50L);
    tells(1, 70);
    tells(1, Slowest.NONE);
    assertThat(told(0)).as("two are slowest, then one").containsExactly(50L, 70L);
    assertThat(told(2)).containsExactly(100L, 50L, 70L, 110L);
    assertThat(told(1)).containsExactly(100L, 70L);
  }

  @Test
  void oneAloneIsToldNothing() throws Exception {
    comes(0);
    tells(0, 100);
    tells(0, 200);
    assertThat(told(0)).isEmpty();
  }

  @Test
  void oneThatFailsHoldsNobodyAndIsToldNothing() throws Exception {
    comes(0);
    comes(1);
    tells(0, 100);
    tells(1, 50);
    fails(1);
    tells(0, 200);
    assertThat(told(0)).containsExactly(50L, Slowest.NONE);
    assertThat(told(1)).containsExactly(100L);
    assertThat(inner.back).isEqualTo(SPLITS);
  }

  /** A new attempt knows nothing of what the one before it was told. */
  @Test
  void oneThatComesBackIsToldAgainAndCountsAgain() throws Exception {
    comes(0);
    comes(1);
    tells(0, 100);
    tells(1, 50);
    fails(1);
    comes(1);
    assertThat(told(1)).containsExactly(100L, 100L);
    assertThat(told(0)).as("nothing is known of it yet").containsExactly(50L, Slowest.NONE);
    tells(1, 40);
    assertThat(told(0)).containsExactly(50L, Slowest.NONE, 40L);
    assertThat(inner.came).containsExactly(0, 1, 1);
  }

  @Test
  void whatAnAttemptSaidGoesWithIt() throws Exception {
    comes(0);
    comes(1);
    tells(1, 50);
    comes(1);
    assertThat(told(0)).containsExactly(50L, Slowest.NONE);
  }

  @Test
  void afterAllHaveFailedNobodyKnowsAnything() throws Exception {
    comes(0);
    comes(1);
    tells(0, 100);
    tells(1, 50);
    context.unregisterReader(0);
    context.unregisterReader(1);
    enumerator.addSplitsBack(List.of(), 0);
    enumerator.addSplitsBack(SPLITS, 1);
    comes(1);
    comes(0);
    assertThat(told(0)).containsExactly(50L);
    assertThat(told(1)).containsExactly(100L);
    tells(0, 80);
    assertThat(told(1)).containsExactly(100L, 80L);
  }

  @Test
  void otherEventsAreNotOurs() {
    Other other = new Other();
    enumerator.handleSourceEvent(2, other);
    enumerator.handleSourceEvent(2, new Slowest(1));
    assertThat(inner.events).containsExactly(other);
  }

  /** Also what a later Flink gives enumerators to do, for which the interface has a default. */
  @Test
  void everythingReachesFlinksEnumerator() throws Exception {
    for (Method method : SplitEnumerator.class.getMethods()) {
      Method ours = PacedEnumerator.class.getMethod(method.getName(), method.getParameterTypes());
      assertThat(ours.getDeclaringClass()).as("%s", method).isEqualTo(PacedEnumerator.class);
    }
  }

  private record Other() implements SourceEvent {
    private static final long serialVersionUID = 1L;
  }

  /** Notes what reaches it. */
  private static final class Inner
      implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private final List<Integer> came = new ArrayList<>();
    private final List<SourceEvent> events = new ArrayList<>();
    private List<KafkaPartitionSplit> back = List.of();

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
      back = splits;
    }

    @Override
    public void addReader(int subtask) {
      came.add(subtask);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
      events.add(event);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpoint) {
      return new KafkaSourceEnumState(Set.of(), true);
    }

    @Override
    public void close() {}
  }
}
