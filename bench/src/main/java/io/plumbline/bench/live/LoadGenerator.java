package io.plumbline.bench.live;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends payments of now at a rate, whatever becomes of them: one that is slow to be taken does not
 * hold back those after it.
 */
final class LoadGenerator implements AutoCloseable {
  private static final long TICK_NANOS = 1_000_000;
  private static final int MOST_AT_ONCE = 2_000;

  private final KafkaProducer<byte[], byte[]> producer;
  private final PaymentTemplates templates;
  private final String topic;
  private final AtomicLong arrived = new AtomicLong();
  private final Thread thread = new Thread(this::run, "load");
  private long bytes;
  private volatile double rate;
  private volatile boolean stopped;
  private volatile Exception broken;

  LoadGenerator(String bootstrap, String topic, PaymentTemplates templates) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "linger.ms",
                2,
                "batch.size",
                1 << 16,
                "acks",
                "1",
                "enable.idempotence",
                false),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.templates = templates;
    this.topic = topic;
    thread.setDaemon(true);
  }

  /**
   * Sends as fast as it can, in the caller's thread; not after {@link #start}.
   *
   * @return bytes of all values
   */
  long fill(long records) {
    bytes = 0;
    for (long i = 0; i < records; i++) {
      send(System.currentTimeMillis());
    }
    producer.flush();
    requireUnbroken();
    return bytes;
  }

  void start() {
    thread.start();
  }

  /** From now on, so many events a second; what was owed before is forgotten. */
  void rate(double perSecond) {
    requireUnbroken();
    rate = perSecond;
  }

  /** Records that are in the log. */
  long arrived() {
    requireUnbroken();
    return arrived.get();
  }

  private void run() {
    double current = 0;
    double owed = 0;
    long last = System.nanoTime();
    while (!stopped) {
      long now = System.nanoTime();
      if (current != rate) {
        current = rate;
        owed = 0;
      }
      owed += (now - last) * current / 1e9;
      last = now;
      int count = (int) Math.min(owed, MOST_AT_ONCE);
      long time = System.currentTimeMillis();
      for (int i = 0; i < count; i++) {
        send(time);
      }
      owed -= count;
      if (owed < MOST_AT_ONCE) {
        LockSupport.parkNanos(TICK_NANOS);
      }
    }
  }

  /** What cannot be sent shows in the next call of another method. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(long time) {
    templates.take(
        time,
        (partition, payload) -> {
          bytes += payload.length;
          producer.send(
              new ProducerRecord<>(topic, partition, null, payload),
              (position, failure) -> {
                if (failure == null) {
                  arrived.incrementAndGet();
                } else {
                  broken = failure;
                }
              });
        });
  }

  private void requireUnbroken() {
    if (broken != null) {
      throw new IllegalStateException("the load could not be sent", broken);
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
