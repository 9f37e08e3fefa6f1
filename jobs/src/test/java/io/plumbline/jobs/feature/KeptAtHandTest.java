package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.DefinitionBundle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What waits to be written, and what is put away, beside RocksDB. */
@SuppressWarnings("try") // Nothing interrupts a test.
class KeptAtHandTest {
  private static final FeatureSet SET =
      FeatureSet.live(
          new DefinitionBundle(
              Map.of(
                  "visit.avsc",
                  """
                  {"type": "record", "name": "Visit", "fields": [
                    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                    {"name": "id", "type": "string"}, {"name": "user_id", "type": "string"}]}
                  """,
                  "features.yaml",
                  """
                  sources:
                    - {name: visit, schema: visit.avsc, topic: visits, encoding: json,
                       event_time: at, event_id: id, lateness: 10m}
                  entities:
                    - {name: user, keys: [user_id]}
                  features:
                    - {name: visits, version: 1, entity: user, source: visit, aggregate: count,
                       window: lifetime}
                  """)));

  private static final int MOST_UNWRITTEN = 3;

  /** Keeps the id {@code a<key>}, at the time of its key, for each key that comes. */
  private static final class Keeper extends AbstractStreamOperator<Long>
      implements OneInputStreamOperator<Long, Long> {
    private static final long serialVersionUID = 1L;

    private final transient Numbers numbers = new Numbers();
    private transient KeptAtHand<SeenIds> kept;

    @Override
    public void open() throws Exception {
      super.open();
      kept =
          new KeptAtHand<>(
              getKeyedStateBackend(),
              getRuntimeContext(),
              "kept",
              FlowType.seenIds(SET, "visit"),
              SeenIds::new,
              MOST_UNWRITTEN);
      kept.register(numbers);
    }

    @Override
    public void processElement(StreamRecord<Long> key) throws Exception {
      SeenIds ids = kept.current();
      ids.put(copy(key.getValue()));
      kept.keep(ids);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpoint) throws Exception {
      kept.flush();
    }

    @Override
    public void close() throws Exception {
      kept.close();
      super.close();
    }
  }

  /** What is counted. */
  private static final class Numbers extends UnregisteredMetricsGroup {
    private final Map<String, Counter> counters = new HashMap<>();
    private Gauge<?> atHand = () -> -1;

    @Override
    public <C extends Counter> C counter(String name, C counter) {
      counters.put(name, counter);
      return counter;
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
      atHand = gauge;
      return gauge;
    }

    private long count(String name) {
      return counters.get(name).getCount();
    }
  }

  private static Admitted copy(long time) {
    return new Admitted(
        Admitted.Standing.COUNTS,
        "a" + time,
        time,
        new Moment(time, time, 0, time),
        new Admitted.Part[] {new Admitted.Part("u", new Object[] {null})},
        null);
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, Long, Long> harness(Keeper keeper)
      throws Exception {
    KeyedOneInputStreamOperatorTestHarness<Long, Long, Long> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(keeper, key -> key, Types.LONG);
    harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    return harness;
  }

  private static void take(
      KeyedOneInputStreamOperatorTestHarness<Long, Long, Long> harness, long... keys)
      throws Exception {
    for (long key : keys) {
      harness.processElement(key, 0);
    }
  }

  @Test
  void whatHasWaitedLongestIsWrittenOnceTooMuchWaits() throws Exception {
    Keeper keeper = new Keeper();
    try (var harness = harness(keeper)) {
      harness.open();

      take(harness, 1, 2, 3, 1, 2, 3);
      assertThat(keeper.numbers.count(KeptAtHand.WRITES)).isZero();

      take(harness, 4, 5);
      assertThat(keeper.numbers.count(KeptAtHand.WRITES)).isEqualTo(2);
      assertThat(keeper.kept.key()).isEqualTo(5);
    }
  }

  @Test
  void whatIsReadyIsWrittenUpToTheFirstThatIsNot() throws Exception {
    Keeper keeper = new Keeper();
    try (var harness = harness(keeper)) {
      harness.open();
      take(harness, 1, 2, 3);

      keeper.kept.writeOldest(ids -> ids.isSettled("none") || !ids.firsts.containsKey("a3"), 9);
      assertThat(keeper.numbers.count(KeptAtHand.WRITES)).isEqualTo(2);
      assertThat(keeper.kept.key()).isEqualTo(3);

      keeper.kept.writeOldest(ids -> true, 0);
      assertThat(keeper.numbers.count(KeptAtHand.WRITES)).isEqualTo(2);

      keeper.kept.flush();
      assertThat(keeper.numbers.count(KeptAtHand.WRITES)).isEqualTo(3);
    }
  }

  @Test
  void whatWaitsIsPreparedAndInTheSnapshot() throws Exception {
    OperatorSubtaskState snapshot;
    Keeper keeper = new Keeper();
    try (var harness = harness(keeper)) {
      harness.open();
      take(harness, 1, 2, 3, 4);
      keeper.kept.flush(ids -> ids.settle(3));
      keeper.prepareSnapshotPreBarrier(1);
      snapshot = harness.snapshot(1, 1);
    }
    Keeper restored = new Keeper();
    try (var harness = harness(restored)) {
      harness.initializeState(snapshot);
      harness.open();

      assertThat(restored.kept.all()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
      assertThat(restored.kept.look(2L).isSettled("a2")).isTrue();
      assertThat(restored.kept.look(4L).isSettled("a4")).isFalse();
      assertThat(restored.kept.look(4L).first("a4")).isNotNull();
    }
  }

  @Test
  void whatTakesTooMuchOfTheHeapIsPutAwayAndReadAgain() throws Exception {
    Keeper keeper = new Keeper();
    try (var harness = harness(keeper)) {
      harness.open();
      take(harness, 1);
      SeenIds large = keeper.kept.current();
      large.bytes = 1 << 30;
      keeper.kept.keep(large);

      take(harness, 2);

      assertThat(keeper.numbers.atHand.getValue()).isEqualTo(1);
      take(harness, 1);
      assertThat(keeper.numbers.count(KeptAtHand.READS)).isEqualTo(3);
      assertThat(List.copyOf(keeper.kept.current().firsts.keySet())).containsExactly("a1");
    }
  }

  @Test
  void idsAreQuietOnceTimeHasPassedTheirSliceAndThem() {
    SeenIds ids = new SeenIds();
    ids.put(copy(4_000));

    assertThat(ids.isQuiet(4_999)).isFalse();
    assertThat(ids.isQuiet(5_000)).isTrue();
    assertThat(ids.isSettled("a4000")).isTrue();

    Admitted late = copy(4_500);
    ids.put(
        new Admitted(
            late.standing(), "late", 4_500, new Moment(4_500, 9_000, 0, 1), late.parts(), null));
    assertThat(ids.isQuiet(8_999)).isFalse();
    assertThat(ids.isQuiet(9_000)).isTrue();
  }
}
