package io.plumbline.bench.live;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Looks at freshness as somebody outside would: sends payments of users whom nobody knows, at even
 * distances whatever becomes of them, and looks each millisecond whether Redis has their features.
 * What it prints is the time from the broker's stamp to the reply that showed them, in ms, with the
 * time of that reply.
 */
public final class ProbeRun {
  /** What a line with a latency starts with: epoch ms and ms follow. */
  static final String PREFIX = "probe ";

  private static final long TICK_NANOS = 1_000_000;

  private record Sent(String hash, long ingestedAt) {}

  private final KafkaProducer<byte[], byte[]> producer;
  private final StatefulRedisConnection<String, String> redis;
  private final String topic;
  private final long everyMs;
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
  private final Queue<Sent> arrived = new ConcurrentLinkedQueue<>();
  private final Deque<Sent> open = new ArrayDeque<>();
  private long count;

  private ProbeRun(String bootstrap, String uri, String topic, long everyMs) {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    redis = RedisClient.create(uri).connect();
    this.topic = topic;
    this.everyMs = everyMs;
  }

  /**
   * @param arguments Kafka, Redis, topic, ms between two probes
   */
  public static void main(String[] arguments) throws Exception {
    new ProbeRun(arguments[0], arguments[1], arguments[2], Long.parseLong(arguments[3])).run();
  }

  private void run() throws InterruptedException, ExecutionException {
    long next = System.currentTimeMillis();
    while (true) {
      long now = System.currentTimeMillis();
      if (now >= next) {
        next += everyMs;
        send(now);
      }
      for (Sent sent = arrived.poll(); sent != null; sent = arrived.poll()) {
        open.add(sent);
      }
      look();
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(long now) {
    String user = "probe-" + run + "-" + count++;
    String payment =
        """
        {"payment_id":"%s","user_id":"%s","merchant_id":null,"paid_at":%d,"amount":1.5,\
        "status":"approved"}"""
            .formatted(user, user, now);
    producer.send(
        new ProducerRecord<>(topic, payment.getBytes(StandardCharsets.UTF_8)),
        (position, failure) -> {
          if (failure == null) {
            arrived.add(new Sent("fs:user:" + user, position.timestamp()));
          } else {
            System.err.println("a probe could not be sent: " + failure);
          }
        });
  }

  private void look() throws InterruptedException, ExecutionException {
    List<RedisFuture<Long>> replies = new ArrayList<>(open.size());
    open.forEach(sent -> replies.add(redis.async().exists(sent.hash)));
    Iterator<Sent> sent = open.iterator();
    for (RedisFuture<Long> reply : replies) {
      Sent probe = sent.next();
      if (reply.get() > 0) {
        sent.remove();
        long now = System.currentTimeMillis();
        System.out.println(PREFIX + now + " " + (now - probe.ingestedAt));
      }
    }
  }
}
