package io.plumbline.jobs.feature;

import java.io.Serializable;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Makes parcels: of one object each, or, in a batch run, of one bucket's objects. */
public final class Packing<T> extends AbstractStreamOperator<Parcel<T>>
    implements OneInputStreamOperator<T, Parcel<T>>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Full parcels are about this large; each bucket of each subtask holds one in memory. */
  private static final int PARCEL_BYTES = 8 << 10;

  /** The hash of an object's key, see {@link EntityKey#hash}. */
  @FunctionalInterface
  public interface KeyHash<T> extends Serializable {
    long of(T object);
  }

  private final FlowType<T> type;
  private final KeyHash<T> hash;
  private final Exchange exchange;
  private transient Codecs.Codec<T> codec;
  private transient DataOutputSerializer[] buckets;
  private transient long[] firstTimes;

  /**
   * @param type of the objects
   */
  public Packing(FlowType<T> type, KeyHash<T> hash, Exchange exchange) {
    this.type = type;
    this.hash = hash;
    this.exchange = exchange;
  }

  @Override
  public void open() throws Exception {
    super.open();
    codec = type.codec();
    buckets = new DataOutputSerializer[exchange.buckets()];
    firstTimes = new long[exchange.buckets()];
  }

  @Override
  public void processElement(StreamRecord<T> element) throws Exception {
    T object = element.getValue();
    long h = hash.of(object);
    if (exchange.order() == InputOrder.ARRIVAL) {
      output.collect(element.replace(new Parcel<>(h, object, null)));
      return;
    }
    int bucket = exchange.bucket(h);
    DataOutputSerializer bytes = buckets[bucket];
    if (bytes == null) {
      bytes = new DataOutputSerializer(256);
      buckets[bucket] = bytes;
    }
    if (bytes.length() == 0) {
      firstTimes[bucket] = element.getTimestamp();
    }
    codec.write(object, bytes);
    if (bytes.length() >= PARCEL_BYTES) {
      send(bucket, bytes);
    }
  }

  private void send(int bucket, DataOutputSerializer bytes) {
    Parcel<T> parcel = new Parcel<>(bucket, null, bytes.getCopyOfBuffer());
    // Flink sorts a bucket's parcels by time, which leaves their objects nearly sorted.
    output.collect(new StreamRecord<>(parcel, firstTimes[bucket]));
    bytes.clear();
  }

  @Override
  public void endInput() {
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      if (buckets[bucket] != null && buckets[bucket].length() > 0) {
        send(bucket, buckets[bucket]);
      }
    }
  }
}
