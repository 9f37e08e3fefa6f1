package io.plumbline.cluster;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sales of amount 1 that come in all the while. A release that is right counts those of customers;
 * one that is not counts those of the staff as well, takes each amount a thousandfold, and has an
 * entity of its own. Some customers come again and again, and all the while others come who buy but
 * once.
 */
final class Till implements AutoCloseable {
  static final String JOB = "till";
  static final String NAMESPACE = "fs";
  static final int WRONG = 1000;
  private static final String TOPIC = "sales";
  private static final int PEOPLE = 8;

  final LocalRedis redis;
  private final LocalKafka kafka;
  private final Path dir;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Integer> sold = new ConcurrentHashMap<>();
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;
  private final List<Future<?>> sent = Collections.synchronizedList(new ArrayList<>());
  private Thread feed;
  private final List<String> passers = new CopyOnWriteArrayList<>();
  private volatile boolean open;
  private volatile String more = "";

  Till(Path dir) throws IOException {
    this.dir = dir;
    kafka = LocalKafka.start(0, dir.resolve("kafka"));
    redis = LocalRedis.in(dir.resolve("redis")).start();
    kafka.createTopic(TOPIC, 1, Map.of("message.timestamp.type", "LogAppendTime"));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    client = RedisClient.create(redis.uri());
    connection = client.connect();
    definitions("good", "where: 'kind == \"customer\"', value: 'amount'");
    definitions("bad", "value: 'amount * 1000.0'");
    Files.writeString(
        dir.resolve("bad/kinds.yaml"),
        """
        entities:
          - {name: kind, keys: [kind]}
        features:
          - {name: sold, version: 1, entity: kind, source: sale, aggregate: count,
             window: lifetime}
        """);
  }

  private void definitions(String name, String what) throws IOException {
    Path folder = Files.createDirectories(dir.resolve(name));
    String where = what.startsWith("where") ? "where: 'kind == \"customer\"', " : "";
    Files.writeString(
        folder.resolve("till.yaml"),
        """
        sources:
          - {name: sale, schema: sale.avsc, topic: sales, encoding: json, event_time: at,
             log_disorder: 100ms, lateness: 5m}
        entities:
          - {name: user, keys: [user_id]}
        features:
          - {name: sales, version: 1, entity: user, source: sale, %saggregate: count,
             window: lifetime}
          - {name: turnover, version: 1, entity: user, source: sale, %s, aggregate: sum,
             window: lifetime}
        """
            .formatted(where, what));
    Files.writeString(
        folder.resolve("sale.avsc"),
        """
        {"type": "record", "name": "sale", "fields": [
          {"name": "user_id", "type": "string"}, {"name": "kind", "type": "string"},
          {"name": "at", "type": "long"}, {"name": "amount", "type": "double"}]}
        """);
  }

  /** The verb and its arguments. */
  String[] stream(String definitions, long generation) {
    return stream(definitions, generation, JOB, NAMESPACE);
  }

  /** The same, of a job of another name that may write to another namespace. */
  String[] stream(String definitions, long generation, String name, String namespace) {
    return new String[] {
      "stream",
      "--defs",
      dir.resolve(definitions).toString(),
      "--name",
      name,
      "--brokers",
      kafka.bootstrap(),
      "--redis",
      redis.uri(),
      "--namespace",
      namespace,
      "--generation",
      Long.toString(generation)
    };
  }

  /** Lets customers and staff buy, until told otherwise. */
  void open() {
    open = true;
    feed =
        new Thread(
            () -> {
              for (int i = 0; open; i++) {
                sell("u" + i % PEOPLE, "customer");
                sell("staff" + i % PEOPLE, "staff");
                passBy("passer" + i);
                if (!more.isEmpty()) {
                  sell(more + i % PEOPLE, "customer");
                }
                producer.flush();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
              }
            },
            "sales");
    feed.setDaemon(true);
    feed.start();
  }

  /** Somebody buys once, and never again. */
  void passBy(String user) {
    sell(user, "customer");
    passers.add(user);
  }

  /** Those who bought once. */
  List<String> passers() {
    return passers;
  }

  private void sell(String user, String kind) {
    String sale =
        "{\"user_id\": \"%s\", \"kind\": \"%s\", \"at\": %d, \"amount\": 1.0}"
            .formatted(user, kind, System.currentTimeMillis());
    sent.add(producer.send(new ProducerRecord<>(TOPIC, sale.getBytes(StandardCharsets.UTF_8))));
    if (kind.equals("customer")) {
      sold.merge(user, 1, Integer::sum);
    }
  }

  /** Lets more customers come, whose names begin so. */
  void letCome(String names) {
    more = names;
  }

  /** Lets nobody buy any more. Returns how often each customer has bought. */
  Map<String, Integer> shut() {
    open = false;
    try {
      feed.join();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a sale did not reach its topic", e);
    }
    return Map.copyOf(sold);
  }

  /** Deletes what the log has by now. */
  void forgetSales() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      TopicPartition of = new TopicPartition(TOPIC, 0);
      admin.deleteRecords(Map.of(of, RecordsToDelete.beforeOffset(-1))).all().get();
    }
  }

  RedisCommands<String, String> commands() {
    return connection.sync();
  }

  Map<String, String> hash(String user) {
    return hash(NAMESPACE, user);
  }

  /** From the namespace that readers are told to use. */
  Map<String, String> served(String user) {
    String serving = commands().get("fs:_serving");
    return hash(serving == null ? NAMESPACE : serving, user);
  }

  private Map<String, String> hash(String namespace, String user) {
    return commands().hgetall(namespace + ":user:" + user);
  }

  /** All hashes of users, by key. */
  Map<String, Map<String, String>> hashes() {
    Map<String, Map<String, String>> hashes = new TreeMap<>();
    keys("fs:user:*").forEach(key -> hashes.put(key, commands().hgetall(key)));
    return hashes;
  }

  List<String> keys(String pattern) {
    return commands().keys(pattern);
  }

  /** Waits until a generation has written everything that was sold until now. */
  void awaitWritten(long generation) {
    awaitWritten(generation, NAMESPACE);
  }

  /** The same in another namespace. */
  void awaitWritten(long generation, String namespace) {
    long now = System.currentTimeMillis();
    ClusterProcesses.await(
        "generation " + generation + " has written what is sold",
        () -> {
          Map<String, String> progress = commands().hgetall(namespace + ":_progress");
          return Long.toString(generation).equals(progress.get("_gen:user"))
              && Long.parseLong(progress.get("user")) > now;
        });
  }

  @Override
  public void close() {
    if (open) {
      shut();
    }
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    producer.close();
    redis.close();
    kafka.close();
  }
}
