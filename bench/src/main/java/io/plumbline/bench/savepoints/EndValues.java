package io.plumbline.bench.savepoints;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The end of the job in this JVM: keeps the last value of each key's features, and knows when
 * everything was worked off.
 */
final class EndValues<T> extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<T, Void> {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Map<String, Double>> LAST = new ConcurrentHashMap<>();
  private static volatile CountDownLatch running;
  private static volatile long lastMark;

  /** Reads values out of an element. */
  interface Reader<T> extends Serializable {
    void read(T element, Taker taker);
  }

  /** Takes a value. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param value null if there is none any more
     */
    void take(String entity, String key, String feature, Double value);
  }

  private final Reader<T> reader;
  private transient boolean done;

  private EndValues(Reader<T> reader) {
    this.reader = reader;
  }

  /** Ends a job; its parts may end separately. */
  static <T> void end(DataStream<T> stream, Reader<T> reader) {
    stream.transform("values", Types.VOID, new EndValues<>(reader));
  }

  /**
   * To be called before a job starts.
   *
   * @param ends subtasks of this operator
   * @param mark the watermark that follows the last event
   */
  static void begin(int ends, long mark) {
    running = new CountDownLatch(ends);
    lastMark = mark;
  }

  /** Waits for all to be worked off; false if it is not by then. */
  static boolean await(long millis) throws InterruptedException {
    return running.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * The last value of each feature by entity and key, {@code user u1}; keys without any left out.
   */
  static Map<String, Map<String, Double>> last() {
    Map<String, Map<String, Double>> all = new TreeMap<>();
    LAST.forEach(
        (key, values) -> {
          if (!values.isEmpty()) {
            all.put(key, new TreeMap<>(values));
          }
        });
    return all;
  }

  @Override
  public void processElement(StreamRecord<T> element) {
    reader.read(element.getValue(), EndValues::put);
  }

  private static void put(String entity, String key, String feature, Double value) {
    Map<String, Double> values =
        LAST.computeIfAbsent(entity + " " + key, k -> new ConcurrentHashMap<>());
    if (value == null) {
      values.remove(feature);
    } else {
      values.put(feature, value);
    }
  }

  @Override
  public void processWatermark(Watermark mark) {
    if (!done && mark.getTimestamp() >= lastMark) {
      done = true;
      running.countDown();
    }
  }
}
