package io.plumbline.jobs.archive;

import io.plumbline.definition.Source;
import io.plumbline.jobs.archive.ArchiveGraph.Logs;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.kafka.LogRecord;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A test's log, whose readers and decoders fail when they are told to. */
record Faults(int log) implements Logs {
  /** Records until a reader fails, or a decoder; negative: never. */
  static final AtomicInteger READ = new AtomicInteger(-1);

  static final AtomicInteger DECODED = new AtomicInteger(-1);

  /** The log is made by the test. */
  @Override
  public void check(java.util.Collection<Source> sources, java.util.Collection<String> others) {}

  @Override
  public DataStream<LogRecord> records(StreamExecutionEnvironment env, Source source) {
    WatermarkStrategy<LogRecord> knowledge =
        WatermarkStrategy.<LogRecord>forBoundedOutOfOrderness(
                Duration.ofMillis(TestLog.DISORDER_MS))
            .withTimestampAssigner((record, time) -> time);
    return env.fromSource(
            new TestSource(log), knowledge, "log", TypeInformation.of(LogRecord.class))
        .uid("log")
        .map(new FailingReader())
        .returns(TypeInformation.of(LogRecord.class))
        .uid("faults");
  }

  @Override
  public DecoderFactory decoders(Source source) {
    String schema = source.schema().toString();
    return () -> {
      JsonDecoder decoder = new JsonDecoder(new Schema.Parser().parse(schema));
      return value -> {
        countDown(DECODED, "decoder");
        return decoder.decode(value);
      };
    };
  }

  private static void countDown(AtomicInteger left, String what) {
    if (left.get() >= 0 && left.getAndDecrement() == 0) {
      throw new IllegalStateException("fault in the " + what);
    }
  }

  private static final class FailingReader implements MapFunction<LogRecord, LogRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public LogRecord map(LogRecord record) {
      countDown(READ, "reader");
      return record;
    }
  }
}
