package io.plumbline.jobs.demo;

import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.ObservationGenerator;
import io.plumbline.jobs.generator.RecordKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends generated events to their topics, each when the clock has reached the time at which the
 * simulated log would have it, and an observation now and then. What the log had before is left
 * out.
 */
final class LiveFeed implements AutoCloseable {
  private static final long LOOK_MS = 20;

  private final KafkaProducer<byte[], byte[]> producer;
  private final EventGenerator events;
  private final ObservationGenerator observing;
  private final Map<String, String> topics;
  private final String observationsTopic;
  private final long observationEveryMs;
  private final Map<RecordKind, Long> sent = new EnumMap<>(RecordKind.class);
  private final List<String> observations = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "feed");
  private volatile boolean stopped;
  private volatile Exception broken;

  /**
   * @param topics by source
   * @param observationsTopic where observations go
   * @param observationEveryMs time between two of them
   */
  LiveFeed(
      String bootstrap,
      EventGenerator events,
      Map<String, String> topics,
      String observationsTopic,
      long observationEveryMs) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "linger.ms", 2);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.events = events;
    this.observing = events.observations();
    this.topics = topics;
    this.observationsTopic = observationsTopic;
    this.observationEveryMs = observationEveryMs;
    thread.setDaemon(true);
  }

  void start() {
    topics.values().forEach(producer::partitionsFor);
    producer.partitionsFor(observationsTopic);
    thread.start();
  }

  /** How many records were sent, by what was done to them. */
  Map<RecordKind, Long> sent() {
    synchronized (sent) {
      return new EnumMap<>(sent);
    }
  }

  /** The observations sent, as JSON. */
  List<String> observations() {
    synchronized (observations) {
      return List.copyOf(observations);
    }
  }

  private void run() {
    long nextObservation = System.currentTimeMillis() + observationEveryMs;
    GeneratedRecord waiting = events.next();
    for (long started = System.currentTimeMillis(); waiting.ingestedAt() < started; ) {
      waiting = events.next();
    }
    while (!stopped) {
      long now = System.currentTimeMillis();
      while (waiting.ingestedAt() <= now) {
        send(waiting);
        waiting = events.next();
      }
      if (nextObservation <= now) {
        observe();
        nextObservation += observationEveryMs;
      }
      LockSupport.parkUntil(
          Math.min(now + LOOK_MS, Math.min(waiting.ingestedAt(), nextObservation)));
    }
  }

  private void send(GeneratedRecord record) {
    send(
        new ProducerRecord<>(
            topics.get(record.source()), record.partition(), null, record.payload()));
    synchronized (sent) {
      sent.merge(record.kind(), 1L, Long::sum);
    }
  }

  private void observe() {
    String observation = observing.next(System.currentTimeMillis());
    send(new ProducerRecord<>(observationsTopic, observation.getBytes(StandardCharsets.UTF_8)));
    synchronized (observations) {
      observations.add(observation);
    }
  }

  /** What cannot be sent shows in {@link #stop}. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(ProducerRecord<byte[], byte[]> record) {
    producer.send(
        record,
        (position, failure) -> {
          if (failure != null) {
            broken = failure;
          }
        });
  }

  /** Sends no more; returns when everything is in its topic. */
  void stop() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.flush();
    if (broken != null) {
      throw new IllegalStateException("the feed could not send everything", broken);
    }
  }

  @Override
  public void close() {
    stop();
    producer.close();
  }
}
