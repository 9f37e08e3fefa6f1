package io.plumbline.jobs.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Parcel;
import io.plumbline.jobs.feature.SeenIds;
import io.plumbline.time.Knowledge;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Nothing interrupts a test.
class DeduplicationTest {
  private static final FeatureSet SET =
      new FeatureSet(
          new DefinitionBundle(
              Map.of(
                  "visit.avsc",
                  """
                  {"type": "record", "name": "Visit", "fields": [
                    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                    {"name": "id", "type": "string"},
                    {"name": "user_id", "type": "string"}]}
                  """,
                  "features.yaml",
                  """
                  sources:
                    - {name: visit, schema: visit.avsc, topic: visits, encoding: json, event_time: at,
                       event_id: id, lateness: 10m}
                  entities:
                    - {name: user, keys: [user_id]}
                  features:
                    - {name: visits, version: 1, entity: user, source: visit, aggregate: count,
                       window: {tumbling: 1h}}
                  """)),
          List.of("visits:v1"),
          Knowledge.AS_KNOWN);

  /** The operator for one key's records. */
  private static KeyedOneInputStreamOperatorTestHarness<Long, Parcel<Admitted>, Admitted> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new Deduplication(SET, SET.plans().definitions().source("visit")),
        Parcel::group,
        Types.LONG);
  }

  private static StreamRecord<Parcel<Admitted>> copy(String id, long ingestedAt) {
    return copy(id, ingestedAt, new Admitted.Part("u", new Object[] {null}));
  }

  private static StreamRecord<Parcel<Admitted>> copy(
      String id, long ingestedAt, Admitted.Part part) {
    Admitted record =
        new Admitted(
            Admitted.Standing.COUNTS,
            id,
            500,
            new Moment(500, ingestedAt, 0, ingestedAt),
            new Admitted.Part[] {part},
            null);
    return new StreamRecord<>(new Parcel<>(1, record, null), ingestedAt);
  }

  /** What came out: {@code +} or {@code -} for taken back, with the ingestion time. */
  private static List<String> out(
      KeyedOneInputStreamOperatorTestHarness<Long, Parcel<Admitted>, Admitted> harness) {
    return harness.extractOutputStreamRecords().stream()
        .map(record -> (Admitted) record.getValue())
        .map(
            record ->
                (record.standing() == Admitted.Standing.COUNTS ? "+" : "-")
                    + record.moment().ingestedAt())
        .toList();
  }

  @Test
  void anEarlierCopyTakesThePlaceOfALaterOneUntilKnowledgeTimeHasPassed() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(copy("a", 3_000));
      harness.processElement(copy("a", 2_900));
      harness.processWatermark(4_000);
      harness.processElement(copy("a", 2_800));
      assertThat(out(harness)).containsExactly("+3000", "-3000", "+2900");
    }
  }

  /** An entity that came later has a copy's part from a lake, and the ids do not. */
  @Test
  void takesACopyBackFromEntitiesThatWereNotThereWhenItCame() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(copy("a", 3_000, null));
      harness.processElement(copy("a", 2_900));
      Admitted takenBack = harness.extractOutputValues().get(1);
      assertThat(takenBack.standing()).isEqualTo(Admitted.Standing.TAKEN_BACK);
      assertThat(takenBack.moment().ingestedAt()).isEqualTo(3_000);
      assertThat(takenBack.parts()[0].key()).isEqualTo("u");
    }
  }

  @Test
  void knowledgeTimeDoesNotFallBackWhereAJobGoesOn() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness()) {
      harness.open();
      harness.processWatermark(5_000);
      state = harness.snapshot(1, 1);
    }
    try (var harness = harness()) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(copy("a", 3_000));
      harness.processElement(copy("a", 2_900));
      harness.processElement(copy("b", 6_000));
      harness.processElement(copy("b", 5_900));
      assertThat(out(harness)).containsExactly("+3000", "+6000", "-6000", "+5900");
    }
  }

  @Test
  void whatComesAfterASnapshotIsNotInIt() throws Exception {
    FlowType<SeenIds> type = FlowType.seenIds(SET, "visit");
    Admitted first = copy("a", 3_000).getValue().one();
    SeenIds ids = new SeenIds();
    ids.put(first);
    SeenIds copy = type.serializer().copy(ids);
    ids.settle(3_000);
    ids.put(copy("b", 4_000).getValue().one());
    assertThat(copy.first("a").moment()).isEqualTo(first.moment());
    assertThat(copy.first("b")).isNull();
    assertThat(ids.isSettled("a")).isTrue();
  }
}
