package io.plumbline.bench.savepoints;

import io.plumbline.bench.MadeSource;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.core.io.InputStatus;

/** Makes a log of payments in the job itself, for one reader. */
final class PaymentSource extends MadeSource<Payment> {
  private static final long serialVersionUID = 1L;
  private static final long START_MS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long MARK_EVERY_MS = 15_000;
  private static final int RECORDS_A_POLL = 50;
  private static final long SEED = 11;

  /** Longer than any payment is on its way to the log. */
  private static final long DELAY_MS = 2_000;

  /** What timestamps and watermarks speak of. */
  enum Clock {
    /** When the log took a payment. */
    LOG,
    /** When it was made; watermarks are behind the log by more than any delay. */
    EVENT
  }

  /**
   * The log.
   *
   * @param users how many there are; Zipf's law says how often each pays
   * @param payments about so many
   * @param days that they are spread over, from a day's beginning to a day's end
   */
  record Log(int users, long payments, int days) implements Serializable {
    /** When it ends, epoch ms: where windows of all sizes begin and end. */
    long endMs() {
      return START_MS + Duration.ofDays(days).toMillis();
    }

    private EventGenerator open() {
      long lastMs = endMs() - DELAY_MS;
      double perSecond = payments * 1e3 / (lastMs - START_MS);
      return EventGenerator.of(
          "payments",
          GeneratorOptions.defaults()
              .withSeed(SEED)
              .withSchedule(
                  new GeneratorOptions.Schedule(START_MS, lastMs, Long.MAX_VALUE, perSecond, 0, 0))
              .withKeys(new GeneratorOptions.Keys(users, 1.0, 1))
              .withDirt(GeneratorOptions.Dirt.NONE));
    }
  }

  private final Log log;
  private final Clock clock;

  PaymentSource(Log log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  @Override
  public TypeInformation<Payment> getProducedType() {
    return Types.POJO(Payment.class);
  }

  @Override
  protected Reader<Payment> reader(int index, int readers) {
    return new LogReader();
  }

  private final class LogReader extends Reader<Payment> {
    private final EventGenerator records = log.open();
    private final PaymentReader payments = new PaymentReader();
    private long nextMark = START_MS + MARK_EVERY_MS;

    @Override
    public InputStatus pollNext(ReaderOutput<Payment> output) {
      for (int i = 0; i < RECORDS_A_POLL && !isStopped(); i++) {
        if (records.hasNext()) {
          emit(records.next(), output);
        } else {
          output.emitWatermark(new Watermark(log.endMs() - 1));
          stop();
        }
      }
      return isStopped() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
    }

    private void emit(GeneratedRecord record, ReaderOutput<Payment> output) {
      long now = record.ingestedAt();
      if (now >= nextMark) {
        long behind = clock == Clock.LOG ? 1 : DELAY_MS;
        output.emitWatermark(new Watermark(now - behind));
        nextMark = now - Math.floorMod(now, MARK_EVERY_MS) + MARK_EVERY_MS;
      }
      Payment payment = payments.read(record);
      output.collect(payment, clock == Clock.LOG ? now : payment.paidAt);
    }
  }
}
