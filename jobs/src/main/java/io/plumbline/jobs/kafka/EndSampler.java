package io.plumbline.jobs.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again and again where the partitions of a reader end, in a thread of its own. A log that
 * does not answer gives no samples, and so no partition's mark moves on.
 */
final class EndSampler {
  private static final Logger LOG = LoggerFactory.getLogger(EndSampler.class);
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration END = Duration.ofSeconds(10);

  /**
   * Where partitions ended.
   *
   * @param at epoch ms, before it was asked
   * @param ends by partition
   * @param passed offsets before which nothing is left to be read, of partitions whose readers
   *     stand still
   */
  record Sample(long at, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> passed) {}

  /** Is told of samples, and of the end of sampling by something that was not foreseen. */
  interface Listener extends Consumer<Sample> {
    void failed(Throwable failure);
  }

  private final LogEnds.Factory factory;
  private final LongSupplier clock;
  private final Listener listener;
  private final Map<TopicPartition, PartitionMark> partitions = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Standstill> standing = new HashMap<>();
  private final Thread thread;
  private volatile LogEnds ends;
  private volatile boolean closed;

  /** A position that did not move, and when its record was last seen to be there. */
  private record Standstill(long position, long foundAt, boolean found) {}

  /**
   * @param clock epoch ms
   */
  EndSampler(String name, LogEnds.Factory factory, LongSupplier clock, Listener listener) {
    this.factory = factory;
    this.clock = clock;
    this.listener = listener;
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  void add(TopicPartition partition, PartitionMark mark) {
    partitions.put(partition, mark);
  }

  /** Ends the thread, if it ends within 10 s. */
  void stop() throws InterruptedException {
    closed = true;
    LogEnds open = ends;
    if (open != null) {
      open.wakeUp();
    }
    LockSupport.unpark(thread);
    thread.join(END.toMillis());
  }

  private void run() {
    try (LogEnds open = factory.open()) {
      ends = open;
      while (!closed) {
        sample(open);
        LockSupport.parkNanos(this, INTERVAL_NANOS);
      }
    } catch (WakeupException | InterruptException e) {
      if (!closed) {
        listener.failed(e);
      }
    } catch (RuntimeException | Error e) {
      listener.failed(e);
    }
  }

  private void sample(LogEnds open) {
    long at = clock.getAsLong();
    try {
      Map<TopicPartition, Long> now =
          partitions.isEmpty() ? Map.of() : open.of(partitions.keySet());
      Map<TopicPartition, Long> passed = new HashMap<>();
      for (Map.Entry<TopicPartition, Long> end : now.entrySet()) {
        long to = passed(open, end.getKey(), end.getValue());
        if (to > partitions.get(end.getKey()).position()) {
          passed.put(end.getKey(), to);
        }
      }
      listener.accept(new Sample(at, now, passed));
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn("Cannot ask where {} end: {}", partitions.keySet(), e.toString());
      // Says nothing, but has the reader look how far it is.
      listener.accept(new Sample(at, Map.of(), Map.of()));
    }
  }

  /**
   * Where a reader that has stood still since the last sample might stand instead. A record that it
   * has before it is looked for again from time to time: the log may drop it meanwhile.
   */
  private long passed(LogEnds open, TopicPartition partition, long end) {
    long position = partitions.get(partition).position();
    if (position >= end) {
      return position;
    }
    Standstill last = standing.get(partition);
    boolean stood = last != null && last.position() == position;
    long now = System.nanoTime();
    if (!stood || (last.found() && now - last.foundAt() < LOOK_AGAIN_NANOS)) {
      standing.put(partition, stood ? last : new Standstill(position, now, false));
      return position;
    }
    long next = open.skip(partition, position, end);
    standing.put(partition, new Standstill(position, now, next == position));
    return next;
  }
}
