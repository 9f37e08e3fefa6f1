package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionBundle;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers that wait for another entity's while features change and what timelines keep does not.
 */
@SuppressWarnings("try") // Nothing interrupts a test.
class RowJoinTest {
  private static final String SPEND_1H = feature("spend_1h, aggregate: sum", "1h");
  private static final String SPEND_30M = feature("spend_30m, aggregate: sum", "30m");
  private static final String MEAN_30M = feature("mean_30m, aggregate: mean", "30m");
  private static final byte[] PAYLOAD = {1, 2, 3};

  private static String feature(String what, String window) {
    return "  - {name: %s, version: 1, entity: user, source: visit, value: took,".formatted(what)
        + " window: {sliding: %s, every: 5m}}\n".formatted(window);
  }

  private static FeatureSet set(String... features) {
    return FeatureSet.live(
        new DefinitionBundle(
            Map.of(
                "visit.avsc",
                """
                {"type": "record", "name": "Visit", "fields": [
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                  {"name": "took", "type": "double"},
                  {"name": "user_id", "type": "string"}, {"name": "page_id", "type": "string"}]}
                """,
                "features.yaml",
                """
                sources:
                  - {name: visit, schema: visit.avsc, topic: visits, encoding: json,
                     event_time: at, lateness: 10m}
                entities:
                  - {name: user, keys: [user_id]}
                  - {name: page, keys: [page_id]}
                features:
                  - {name: hits, version: 1, entity: page, source: visit, aggregate: count,
                     window: lifetime}
                """
                    + String.join("", features))));
  }

  static List<StateBackend> backends() {
    return List.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void featuresChangePlaces(StateBackend backend) throws Exception {
    assertThat(joined(backend, set(SPEND_30M, SPEND_1H))).containsExactly(30.0, 60.0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFeatureIsDropped(StateBackend backend) throws Exception {
    assertThat(joined(backend, set(SPEND_1H))).containsExactly(60.0);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFeatureIsAdded(StateBackend backend) throws Exception {
    assertThat(joined(backend, set(MEAN_30M, SPEND_1H, SPEND_30M)))
        .containsExactly(null, 60.0, 30.0);
  }

  /** What a row has of its user, if the page is answered after the job went on with others. */
  private static Object[] joined(StateBackend backend, FeatureSet asked) throws Exception {
    FeatureSet written = set(SPEND_1H, SPEND_30M);
    FeatureSet now = Evolution.of(written, asked).set();
    assertThat(layouts(now)).isEqualTo(layouts(written));
    OperatorSubtaskState state;
    try (var harness = harness(written, backend)) {
      harness.open();
      harness.processElement(new Answer(7, 1, new Object[] {60.0, 30.0}, PAYLOAD), 0);
      state = harness.snapshot(1, 1);
      assertThat(harness.getOutput()).isEmpty();
    }
    try (var harness = harness(now, backend)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(new Answer(7, 0, new Object[] {5L}, new byte[0]), 0);
      Answered row = harness.extractOutputValues().get(0);
      assertThat(row.payload()).isEqualTo(PAYLOAD);
      assertThat(row.values()[0]).containsExactly(5L);
      return row.values()[1];
    }
  }

  private static List<String> layouts(FeatureSet set) {
    return set.plans().entities().stream().map(plan -> plan.layout()).toList();
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, Answer, Answered> harness(
      FeatureSet set, StateBackend backend) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<Long, Answer, Answered> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new RowJoin(set)), Answer::row, Types.LONG);
    harness.setStateBackend(backend);
    harness.setup(FlowType.answered(set).serializer());
    return harness;
  }
}
