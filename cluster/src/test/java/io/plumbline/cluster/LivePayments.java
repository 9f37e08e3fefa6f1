package io.plumbline.cluster;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.generator.ObservationGenerator;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Payments that come in while a live job runs, and what the job must have made of them: what a
 * backfill in this process makes of the log.
 */
final class LivePayments implements AutoCloseable {
  static final Path DEFINITIONS = Path.of("../feature-defs/sets/payments").toAbsolutePath();

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 20_260_101;
  private static final int PARTITIONS = 3;
  private static final TopicPartition ANSWERS = new TopicPartition("answers", 0);
  private static final int RECORDS_AT_ONCE = 5;
  private static final long PAUSE_MS = 50;
  private static final int SMALLEST_WORLD = 20;

  /** Rows of observations are below, those of what Redis has begin here. */
  private static final long STORED = 1_000_000;

  private static final Map<String, String> KEYS =
      Map.of("user", "user_id", "merchant", "merchant_id");

  private final Path dir;
  private final LocalKafka kafka;
  private final LocalRedis redis;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> reader;
  private final List<ConsumerRecord<byte[], byte[]>> answered = new ArrayList<>();
  private final List<String> observations = new ArrayList<>();
  private final List<Future<?>> sent = new ArrayList<>();
  private Path definitions = DEFINITIONS;
  private EventGenerator events;
  private ObservationGenerator asking;
  private Thread feed;

  /** How many observations are not compared any more. */
  private int compared;

  private volatile boolean feeding;
  private volatile boolean asked;

  LivePayments(Path dir) throws IOException {
    this.dir = dir;
    kafka = LocalKafka.start(0, dir.resolve("kafka"));
    redis = LocalRedis.in(dir.resolve("redis")).start();
    Map<String, String> stamped = Map.of("message.timestamp.type", "LogAppendTime");
    kafka.createTopic("payments", PARTITIONS, stamped);
    kafka.createTopic("observations", 1, stamped);
    kafka.createTopic("answers", 1, Map.of());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 2),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    reader = consumer();
    reader.assign(List.of(ANSWERS));
    reader.seekToBeginning(List.of(ANSWERS));
  }

  /** The verb and its arguments. */
  String[] stream(String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("stream", "--defs", definitions.toString()));
    arguments.addAll(List.of("--brokers", kafka.bootstrap(), "--redis", redis.uri()));
    arguments.addAll(List.of("--observations-topic", "observations", "--answers-topic", "answers"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** The same of the archive. */
  String[] archive(Path lake, String... more) {
    List<String> arguments = new ArrayList<>(List.of("archive", "--defs", definitions.toString()));
    arguments.addAll(List.of("--brokers", kafka.bootstrap(), "--lake", lake.toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Where features are written. */
  LocalRedis redis() {
    return redis;
  }

  /** One who has paid. */
  String user() {
    return keys("user_id", log()).get(0);
  }

  /** All payments that have come, as they lie in the log. */
  List<ConsumerRecord<byte[], byte[]>> log() {
    return read("payments");
  }

  /** Lets payments and observations come, some each moment, until told otherwise. */
  void start() {
    asked = true;
    startUnasked();
  }

  /** The same, but nobody asks anything yet. */
  void startUnasked() {
    if (events == null) {
      // So long ago that the first are too late, and so fast that they catch up with the clock.
      long start = System.currentTimeMillis() - 150_000;
      events =
          EventGenerator.of(
              "payments",
              GeneratorOptions.defaults()
                  .withSeed(SEED)
                  .withSchedule(new GeneratorOptions.Schedule(start, Long.MAX_VALUE, 30))
                  .withKeys(new GeneratorOptions.Keys(200, 1.0, PARTITIONS)));
      asking = events.observations();
    }
    feeding = true;
    feed =
        new Thread(
            () -> {
              while (feeding) {
                for (int i = 0; i < RECORDS_AT_ONCE; i++) {
                  GeneratedRecord record = events.next();
                  send("payments", record.partition(), record.payload());
                }
                if (asked) {
                  String observation = asking.next(System.currentTimeMillis());
                  observations.add(observation);
                  send("observations", 0, observation.getBytes(StandardCharsets.UTF_8));
                }
                producer.flush();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
              }
            },
            "payments");
    feed.setDaemon(true);
    feed.start();
  }

  private void send(String topic, int partition, byte[] value) {
    sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
  }

  /** Lets observations come as well. */
  void ask() {
    asked = true;
  }

  /** Lets nothing more come. */
  void stop() {
    feeding = false;
    try {
      feed.join();
      for (Future<?> each : sent) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a record did not reach its topic", e);
    }
  }

  /** Of what comes from now on, other features are wanted. */
  void redefine(Path folder) {
    definitions = folder;
    compared = observations.size();
  }

  /** Waits until the job has answered more than it has by now. */
  void awaitMoreAnswers() {
    int before = answered().size();
    ClusterProcesses.await("the job answers", () -> answered().size() > before + 5);
  }

  /** Waits until everything sent is in, and holds it against the reference. */
  void check() throws IOException {
    List<ConsumerRecord<byte[], byte[]>> log = log();
    long last = log.stream().mapToLong(ConsumerRecord::timestamp).max().orElseThrow();
    ClusterProcesses.await(
        "all observations are answered", () -> answers().size() == observations.size());
    RedisClient client = RedisClient.create(redis.uri());
    try (var connection = client.connect()) {
      RedisCommands<String, String> commands = connection.sync();
      ClusterProcesses.await(
          "Redis has all",
          () ->
              KEYS.keySet().stream()
                  .allMatch(
                      entity -> {
                        String progress = commands.hget("fs:_progress", entity);
                        return progress != null && Long.parseLong(progress) > last;
                      }));
      compare(log, stored(log, commands));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  /** Answers by row; those that were written again after a failure are the same. */
  private SortedMap<Long, JsonNode> answers() {
    SortedMap<Long, JsonNode> answers = new TreeMap<>();
    for (ConsumerRecord<byte[], byte[]> record : answered()) {
      JsonNode answer = json(record.value());
      JsonNode before = answers.put(answer.path("row").asLong(), answer);
      assertThat(answer).isEqualTo(before == null ? answer : before);
    }
    return answers;
  }

  /** What Redis has about a key, or an empty hash, and the question whose answer that should be. */
  private record Stored(String entity, Map<String, String> hash, ObjectNode question) {}

  private static List<Stored> stored(
      List<ConsumerRecord<byte[], byte[]>> log, RedisCommands<String, String> commands) {
    List<Stored> stored = new ArrayList<>();
    long end = log.get(log.size() - 1).timestamp();
    KEYS.forEach(
        (entity, field) -> {
          List<String> keys = keys(field, log);
          assertThat(keys).hasSizeGreaterThanOrEqualTo(SMALLEST_WORLD);
          for (String key : keys) {
            Map<String, String> hash = commands.hgetall("fs:" + entity + ":" + key);
            ObjectNode question = JSON.createObjectNode();
            KEYS.values().forEach(question::putNull);
            question.put("row", STORED + stored.size());
            question.put("at", hash.isEmpty() ? end : Long.parseLong(hash.get("_as_of")));
            question.put(field, key);
            stored.add(new Stored(entity, hash, question));
          }
        });
    return stored;
  }

  private void compare(List<ConsumerRecord<byte[], byte[]>> log, List<Stored> stored)
      throws IOException {
    Reference reference = new Reference(dir.resolve("reference-" + compared), definitions);
    reference.importLog(log);
    List<String> questions = new ArrayList<>(observations.subList(compared, observations.size()));
    stored.forEach(s -> questions.add(s.question.toString()));
    SortedMap<Long, JsonNode> expected = reference.backfill(questions);
    assertThat(answers().tailMap((long) compared)).isEqualTo(expected.headMap(STORED));
    Map<String, String> fields = fields(DefinitionLoader.load(definitions));
    for (int i = 0; i < stored.size(); i++) {
      JsonNode row = expected.get(STORED + i);
      assertThat(row(stored.get(i), row, fields)).isEqualTo(row);
    }
  }

  /** The expected row, with what Redis says in place of the values of features that it keeps. */
  private static ObjectNode row(Stored stored, JsonNode expected, Map<String, String> fields) {
    ObjectNode row = expected.deepCopy();
    expected
        .fieldNames()
        .forEachRemaining(
            column -> {
              // Derived features are for the reader to compute.
              if (column.startsWith(stored.entity + "_")
                  && !KEYS.containsValue(column)
                  && !column.contains("_share_")
                  && !column.contains("zscore")) {
                row.set(column, value(column, fields.get(column), stored.hash, expected));
              }
            });
    return row;
  }

  /** Where Redis keeps what stands in a column of a training table. */
  private static Map<String, String> fields(Definitions definitions) {
    return definitions.features().stream().collect(toMap(definitions::column, Feature::id));
  }

  private static JsonNode value(
      String column, String field, Map<String, String> hash, JsonNode expected) {
    String stored = hash.get(field);
    if (stored == null) {
      // The reader puts the default in: of these features 0, or null.
      JsonNode cell = expected.get(column);
      return cell.isNumber() && cell.asDouble() == 0 ? cell : JSON.nullNode();
    }
    JsonNode value = json(stored.getBytes(StandardCharsets.UTF_8));
    return column.contains("seconds_since")
        ? JSON.getNodeFactory()
            .numberNode((Long.parseLong(hash.get("_as_of")) - value.asLong()) / 1000.0)
        : value;
  }

  private static List<String> keys(String field, List<ConsumerRecord<byte[], byte[]>> log) {
    return log.stream()
        .flatMap(
            record -> {
              try {
                return Stream.of(JSON.readTree(record.value()).path(field));
              } catch (IOException e) {
                return Stream.empty();
              }
            })
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .distinct()
        .toList();
  }

  private static JsonNode json(byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All answers until now. */
  private List<ConsumerRecord<byte[], byte[]>> answered() {
    long end = reader.endOffsets(List.of(ANSWERS)).get(ANSWERS);
    while (reader.position(ANSWERS) < end) {
      reader.poll(Duration.ofMillis(100)).forEach(answered::add);
    }
    return answered;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", kafka.bootstrap());
    settings.put("isolation.level", "read_committed");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All that a topic has now. */
  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  @Override
  public void close() {
    if (feed != null) {
      stop();
    }
    producer.close();
    reader.close();
    redis.close();
    kafka.close();
  }
}
