package io.plumbline.jobs.feature;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Makes parcels of a live job's signals: of one each, but signals of a key that has much of all
 * events wait a few milliseconds and travel together. The one task that keeps the key's state then
 * looks it up, shows it and puts it back once for all of them. Events stay what they are, so
 * answers do too. No signal waits longer than the watermark or the checkpoint after it.
 */
public final class PopularPacking extends AbstractStreamOperator<Parcel<Signal>>
    implements OneInputStreamOperator<Signal, Parcel<Signal>>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private static final long LONGEST_WAIT_MS = 5;
  private static final int PARCEL_BYTES = 4 << 10;

  private final FlowType<Signal> type;
  private transient Codecs.Codec<Signal> codec;
  private transient Popularity popularity;
  private transient Map<Long, DataOutputSerializer> waiting;

  /** When what waits is sent; null if nothing waits for that. */
  private transient ScheduledFuture<?> sending;

  /**
   * @param type of the signals
   */
  public PopularPacking(FlowType<Signal> type) {
    this.type = type;
  }

  @Override
  public void open() throws Exception {
    super.open();
    codec = type.codec();
    popularity = new Popularity();
    waiting = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<Signal> element) throws Exception {
    Signal signal = element.getValue();
    long hash = signal.hash();
    boolean popular = popularity.isPopular(hash);
    if (!popular && !waiting.containsKey(hash)) {
      output.collect(element.replace(new Parcel<>(hash, signal, null)));
      return;
    }
    DataOutputSerializer bytes =
        waiting.computeIfAbsent(hash, h -> new DataOutputSerializer(PARCEL_BYTES / 4));
    codec.write(signal, bytes);
    if (bytes.length() >= PARCEL_BYTES) {
      send(hash, waiting.remove(hash));
    } else if (sending == null) {
      long now = getProcessingTimeService().getCurrentProcessingTime();
      sending =
          getProcessingTimeService()
              .registerTimer(
                  now + LONGEST_WAIT_MS,
                  time -> {
                    sending = null;
                    sendAll();
                  });
    }
  }

  private void sendAll() {
    waiting.forEach(this::send);
    waiting.clear();
  }

  private void send(long hash, DataOutputSerializer bytes) {
    output.collect(new StreamRecord<>(new Parcel<>(hash, null, bytes.getCopyOfBuffer())));
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    sendAll();
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) {
    sendAll();
  }

  @Override
  public void endInput() {
    sendAll();
  }
}
