package io.plumbline.jobs.kafka;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Notes what comes out of a source; runs in parallelism 1. */
final class Probe extends AbstractStreamOperator<LogRecord>
    implements OneInputStreamOperator<LogRecord, LogRecord> {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Seen> ALL = new ConcurrentHashMap<>();

  /** What a job's source has given so far. */
  static final class Seen {
    final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
    final Queue<Long> watermarks = new ConcurrentLinkedQueue<>();
    final Queue<String> behind = new ConcurrentLinkedQueue<>();
    volatile long watermark = Long.MIN_VALUE;

    /** How often each record came, by partition and offset. */
    Map<String, Integer> counts() {
      Map<String, Integer> counts = new TreeMap<>();
      records.forEach(r -> counts.merge(r.partition() + ":" + r.offset(), 1, Integer::sum));
      return counts;
    }
  }

  private final String job;

  Probe(String job) {
    this.job = job;
  }

  static Seen of(String job) {
    return ALL.computeIfAbsent(job, name -> new Seen());
  }

  @Override
  public void open() throws Exception {
    super.open();
    of(job).watermark = Long.MIN_VALUE;
  }

  @Override
  public void processElement(StreamRecord<LogRecord> element) {
    Seen seen = of(job);
    if (element.getTimestamp() <= seen.watermark) {
      seen.behind.add(element + " came behind " + seen.watermark);
    }
    seen.records.add(element.getValue());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    Seen seen = of(job);
    seen.watermark = mark.getTimestamp();
    seen.watermarks.add(mark.getTimestamp());
    super.processWatermark(mark);
  }
}
