package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PopularPackingTest {
  private static final FeatureSet SET =
      new FeatureSet(
          new DefinitionBundle(
              Map.of(
                  "visit.avsc",
                  """
                  {"type": "record", "name": "Visit", "fields": [
                    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                    {"name": "user_id", "type": "string"}]}
                  """,
                  "features.yaml",
                  """
                  sources:
                    - {name: visit, schema: visit.avsc, topic: visits, encoding: json, event_time: at,
                       lateness: 10m}
                  entities:
                    - {name: user, keys: [user_id]}
                  features:
                    - {name: visits, version: 1, entity: user, source: visit, aggregate: count,
                       window: {tumbling: 1h}}
                  """)),
          List.of("visits:v1"),
          Knowledge.AS_KNOWN);
  private static final FlowType<Signal> TYPE = FlowType.signals(SET, "user");
  private static final int RARE_USERS = 1_000;

  private OneInputStreamOperatorTestHarness<Signal, Parcel<Signal>> harness;
  private long sent;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new PopularPacking(TYPE));
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private void send(String user) throws Exception {
    Moment moment = new Moment(sent, sent, 0, sent);
    Event event = new Event(0, sent, moment, new Object[] {true});
    harness.processElement(new StreamRecord<>(Signal.of(user, event), sent++));
  }

  /** Half of all events are of one user. */
  private void sendMany(int events) throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < events; i++) {
      send(random.nextBoolean() ? "hot" : "u" + random.nextInt(RARE_USERS));
    }
  }

  /** The offsets of what came out about a user, in order. */
  private List<Long> out(String user) {
    List<Long> offsets = new ArrayList<>();
    for (Parcel<Signal> parcel : harness.extractOutputValues()) {
      for (Signal signal : signals(parcel)) {
        assertThat(parcel.group()).isEqualTo(signal.hash());
        if (signal.key().equals(user)) {
          offsets.add(signal.event().moment().offset());
        }
      }
    }
    return offsets;
  }

  private static List<Signal> signals(Parcel<Signal> parcel) {
    if (parcel.packed() == null) {
      return List.of(parcel.one());
    }
    try {
      List<Signal> signals = new ArrayList<>();
      DataInputDeserializer in = new DataInputDeserializer(parcel.packed());
      while (in.available() > 0) {
        signals.add(TYPE.codec().read(in));
      }
      return signals;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int signalsOut() {
    return harness.extractOutputValues().stream().mapToInt(p -> signals(p).size()).sum();
  }

  @Test
  void aPopularKeysEventsTravelTogetherAndInOrder() throws Exception {
    sendMany(20_000);
    harness.processWatermark(new Watermark(sent));

    assertThat(signalsOut()).isEqualTo(20_000);
    List<Long> hot = out("hot");
    assertThat(hot).isSorted().hasSizeBetween(9_500, 10_500);
    long parcels =
        harness.extractOutputValues().stream().filter(p -> p.group() == hash("hot")).count();
    assertThat(parcels).isLessThan(hot.size() / 10);
    assertThat(out("u1")).isSorted().isNotEmpty();
  }

  private static long hash(String user) {
    return EntityKey.hash(user);
  }

  @Test
  void aRareKeysEventsDoNotWait() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      send("u" + i % RARE_USERS);
    }
    assertThat(harness.extractOutputValues()).hasSize(5_000);
  }

  @Test
  void nothingWaitsBeyondAWatermarkACheckpointOrAFewMilliseconds() throws Exception {
    sendMany(5_000);
    assertThat(signalsOut()).isLessThan(5_000);
    harness.prepareSnapshotPreBarrier(1);
    assertThat(signalsOut()).isEqualTo(5_000);

    sendMany(100);
    assertThat(signalsOut()).isLessThan(5_100);
    harness.setProcessingTime(harness.getProcessingTime() + 5);
    assertThat(signalsOut()).isEqualTo(5_100);

    sendMany(100);
    assertThat(signalsOut()).isLessThan(5_200);
    harness.processWatermark(new Watermark(sent));
    assertThat(signalsOut()).isEqualTo(5_200);
    assertThat(harness.getOutput().toArray()[harness.getOutput().size() - 1])
        .isEqualTo(new Watermark(sent));
  }

  @Test
  void whatIsTakenBackComesAfterItsEvent() throws Exception {
    sendMany(5_000);
    Event last = new Event(0, sent, new Moment(sent, sent, 0, sent), new Object[] {true});
    harness.processElement(new StreamRecord<>(Signal.of("hot", last), sent));
    harness.processElement(new StreamRecord<>(Signal.takenBack("hot", last), sent));
    harness.endInput();

    Parcel<Signal> parcel =
        harness.extractOutputValues().stream()
            .filter(p -> p.group() == hash("hot"))
            .reduce((a, b) -> b)
            .orElseThrow();
    List<Signal> signals = signals(parcel);
    assertThat(signals.get(signals.size() - 2).kind()).isEqualTo(Signal.Kind.EVENT);
    assertThat(signals.get(signals.size() - 1).kind()).isEqualTo(Signal.Kind.TAKEN_BACK);
  }
}
