package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.local.LocalKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Purchases of users in a topic of two partitions, and the same purchases for a lake. */
final class Shop {
  static final String TOPIC = "purchases";
  static final int USERS = 12;
  private static final int PARTITIONS = 2;
  private static final long SEED = 7;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String DEFINITIONS =
      """
      sources:
        - {name: purchase, schema: purchase.avsc, topic: purchases, encoding: json,
           event_time: at, event_id: id, ingested_at: record, log_disorder: 200ms, lateness: 5m}
      entities:
        - {name: user, keys: [user_id]}
        - {name: shop, keys: [shop_id]}
      features:
        - {name: spend_1h, version: 1, entity: user, source: purchase, value: amount,
           aggregate: sum, window: {sliding: 1h, every: 5m}}
        - {name: count_10m, version: 1, entity: user, source: purchase, aggregate: count,
           window: {sliding: 10m, every: 1m}, default: 0}
        - {name: largest, version: 1, entity: user, source: purchase, value: amount,
           aggregate: max, window: {session: 10m}}
        - {name: purchases, version: 1, entity: user, source: purchase, aggregate: count,
           window: lifetime}
        - {name: last_at, version: 1, entity: user, source: purchase, aggregate: time_since_last,
           window: lifetime}
        - {name: share, version: 1, entity: user, derive: 'count_10m / purchases'}
        - {name: sales, version: 1, entity: shop, source: purchase, value: amount,
           aggregate: sum, window: lifetime}
      """;

  private static final String SCHEMA =
      """
      {"type": "record", "name": "purchase", "fields": [
        {"name": "id", "type": "string"}, {"name": "user_id", "type": "string"},
        {"name": "shop_id", "type": "string"}, {"name": "at", "type": "long"},
        {"name": "amount", "type": "double"}]}
      """;

  private final LocalKafka kafka;
  private final Random random = new Random(SEED);
  private final long[] offsets = new long[PARTITIONS];
  private final List<String> lake = new ArrayList<>();
  private long last = Long.MIN_VALUE;
  private int ids;

  /** Writes the definitions with another text of features. */
  static Path definitions(Path folder, String features) throws IOException {
    definitions(folder);
    int end = DEFINITIONS.indexOf("features:");
    Files.writeString(folder.resolve("shop.yaml"), DEFINITIONS.substring(0, end) + features);
    return folder;
  }

  /** Creates the topic. */
  Shop(LocalKafka kafka) {
    this.kafka = kafka;
    kafka.createTopic(TOPIC, PARTITIONS, Map.of("message.timestamp.type", "CreateTime"));
  }

  /** Writes the definitions. */
  static Path definitions(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("purchase.avsc"), SCHEMA);
    Files.writeString(folder.resolve("shop.yaml"), DEFINITIONS);
    return folder;
  }

  /** Purchases at even times between two, of all users, each known up to a minute later. */
  void buy(int purchases, long from, long to) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = 0; i < purchases; i++) {
        long ingestedAt = from + (to - from) * i / purchases;
        long at = ingestedAt - random.nextInt(60_000);
        String user = "u" + Math.min(random.nextInt(USERS), random.nextInt(USERS));
        send(producer, random.nextInt(PARTITIONS), ingestedAt, at, user);
        last = Math.max(last, ingestedAt);
      }
    }
  }

  /** Records that nobody reads, so many in each partition. */
  void fill(long... records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (; offsets[partition] < records[partition]; offsets[partition]++) {
          producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[0])).get();
        }
      }
    }
  }

  /** One more, in the first partition, which does not let knowledge time go on by itself. */
  void buy(String user, long at) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      send(producer, 0, at, at, user);
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, int partition, long ingestedAt, long at, String user)
      throws Exception {
    ObjectNode event = JSON.createObjectNode();
    event.put("id", "p" + ids++).put("user_id", user).put("shop_id", "s" + ids % 2);
    event.put("at", at).put("amount", random.nextInt(10_000) / 100.0);
    byte[] value = event.toString().getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(TOPIC, partition, ingestedAt, null, value)).get();
    event.put("_ingested_at", ingestedAt);
    event.put("_partition", partition).put("_offset", offsets[partition]++);
    lake.add(event.toString());
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 0),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** The latest ingestion time of {@link #buy(int, long, long)}, epoch ms. */
  long last() {
    return last;
  }

  /** How many records a partition has. */
  long records(int partition) {
    return offsets[partition];
  }

  /** Imports such a history into a lake. */
  static void importInto(Path lake, Path definitions, Path history) {
    Verb imported =
        Verb.call(
            "import",
            "--defs",
            definitions,
            "--source",
            "purchase",
            "--input",
            history,
            "--lake",
            lake);
    assertThat(imported.exit()).as(imported.err()).isZero();
  }

  /** Everything so far, as {@code import} reads it. */
  Path history(Path file) throws IOException {
    return Files.write(file, lake);
  }
}
