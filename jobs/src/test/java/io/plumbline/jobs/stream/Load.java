package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Events at a rate, to the partitions of a topic in turn. */
final class Load implements AutoCloseable {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final String topic;
  private final int partitions;
  private final Events events;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
  private long sent;

  /** What is sent. */
  interface Events {
    /** The text of the event with this number, which counts from 0. */
    String event(long number);
  }

  Load(Servers servers, String topic, int partitions, Events events) {
    this.topic = topic;
    this.partitions = partitions;
    this.events = events;
    // Little memory: events are not to become old before the broker has them.
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                servers.kafka().bootstrap(),
                "linger.ms",
                2,
                "buffer.memory",
                4 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends so many at once and waits until the broker has them. */
  void send(long count) {
    for (long i = 0; i < count; i++) {
      byte[] value = events.event(sent).getBytes(StandardCharsets.UTF_8);
      Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(topic, (int) (sent % partitions), null, value),
              (place, failure) -> {
                if (failure != null) {
                  failures.add(failure);
                }
              });
      sent++;
    }
    producer.flush();
    assertThat(List.copyOf(failures)).isEmpty();
  }

  /**
   * Sends for a time, as many as the broker takes and at most at a rate.
   *
   * @param perSecond events
   */
  void offer(double perSecond, Duration time) {
    long start = System.nanoTime();
    long offered = 0;
    for (long elapsed = 0; elapsed < time.toNanos(); elapsed = System.nanoTime() - start) {
      long due = (long) (perSecond * elapsed / TimeUnit.SECONDS.toNanos(1));
      send(due - offered);
      offered = due;
      LockSupport.parkNanos(STEP_NANOS);
    }
  }

  /** How many were sent so far. */
  long sent() {
    return sent;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
