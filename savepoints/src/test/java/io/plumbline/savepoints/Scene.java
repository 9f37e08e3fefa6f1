package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.stream.StreamPlan;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Two live jobs that read one log, one that keeps state on the heap and one that keeps it in
 * RocksDB, their savepoints, and what a backfill over the same events says.
 */
final class Scene {
  /** Keeps an event that is not known yet, and a question that waits. */
  static final String BUSY = "u1";

  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;
  private static final String OBSERVATIONS = "observations";

  final LiveJobs jobs;
  final Path catalog;

  /** Of the job on the heap, canonical; and its id in the catalog. */
  final Path heap;

  final String heapId;

  /** Of the job in RocksDB, native. */
  final Path rocks;

  /** Of the job on the heap, after two more purchases: of {@link #BUSY} and of {@code new}. */
  final Path later;

  /** Of another program. */
  final Path foreign;

  /** Where both jobs had read to in each partition, but for the later savepoint. */
  final long[] offsets;

  /** A training table's row of each user, by user and time in epoch ms. */
  final Map<String, JsonNode> expected;

  private final Path folder;
  private final Shop shop;
  private final Path definitions;

  /** Takes the savepoints. */
  Scene(Path folder) throws Exception {
    this.folder = folder;
    definitions = Shop.definitions(folder.resolve("defs"));
    catalog = folder.resolve("catalog");
    jobs = LiveJobs.start(folder);
    jobs.kafka().createTopic(OBSERVATIONS, 1, Map.of());
    shop = new Shop(jobs.kafka());
    long now = System.currentTimeMillis();
    shop.buy(400, now - 3 * HOUR, now - 2_000);
    shop.buy(BUSY, now + HOUR / 2);
    ask(now + HOUR);
    StreamPlan onHeap = jobs.start("heap", "hashmap", definitions, OBSERVATIONS);
    StreamPlan inRocks = jobs.start("rocks", "rocksdb", definitions, OBSERVATIONS);
    jobs.awaitWritten("heap", onHeap, shop.last());
    jobs.awaitWritten("rocks", inRocks, shop.last());
    offsets = new long[] {shop.records(0), shop.records(1)};
    heap = take("heap", "canonical");
    heapId =
        Verb.call("savepoint", "list", "--catalog", catalog, "--json")
            .json()
            .get(0)
            .get("id")
            .asText();
    rocks = take("rocks", "native");
    expected = backfill(List.of(time(heap), time(rocks), time(heap) + HOUR / 4));
    long next = System.currentTimeMillis();
    shop.buy(BUSY, next);
    shop.buy("new", next);
    jobs.awaitWritten("heap", onHeap, next);
    later = take("heap", "canonical");
    foreign =
        Path.of(
            URI.create(
                new FlinkRest(jobs.rest())
                    .savepoint(jobs.startForeign(), null, "CANONICAL", Duration.ofMinutes(1))));
  }

  private void ask(long at) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", jobs.kafka().bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      String row =
          String.format(
              "{\"user_id\": \"%s\", \"shop_id\": \"s0\", \"at\": \"%s\"}",
              BUSY, Instant.ofEpochMilli(at));
      producer.send(new ProducerRecord<>(OBSERVATIONS, row.getBytes(StandardCharsets.UTF_8))).get();
    }
  }

  private Path take(String job, String format) throws Exception {
    Verb verb =
        Verb.call(
            "savepoint",
            "take",
            "--job",
            jobs.id(job),
            "--rest",
            jobs.rest(),
            "--catalog",
            catalog,
            "--why",
            "before " + format,
            "--format",
            format);
    assertThat(verb.exit()).as(verb.err()).isZero();
    return Path.of(verb.out().strip().split(" ", 2)[1]);
  }

  /** Knowledge time, epoch ms. */
  static long time(Path savepoint) {
    try (Savepoint opened = Savepoint.open(savepoint)) {
      return opened.knowledgeTime().orElseThrow();
    }
  }

  /** What a training table says of every user, by user and time. */
  private Map<String, JsonNode> backfill(List<Long> times) throws Exception {
    Path history = shop.history(folder.resolve("history.jsonl"));
    Path lake = folder.resolve("lake");
    Shop.importInto(lake, definitions, history);
    List<String> rows = new ArrayList<>();
    for (int user = 0; user < Shop.USERS; user++) {
      for (long time : times) {
        rows.add(
            String.format(
                "{\"user_id\": \"u%d\", \"shop_id\": \"s0\", \"at\": \"%s\"}",
                user, Instant.ofEpochMilli(time)));
      }
    }
    Path observations = Files.write(folder.resolve("observations.jsonl"), rows);
    Path out = folder.resolve("tables");
    Verb made =
        Verb.call(
            "backfill",
            "--defs",
            definitions,
            "--lake",
            lake,
            "--observations",
            observations,
            "--out",
            out,
            "--snapshot",
            "s",
            "--format",
            "jsonl",
            "--allow-incomplete",
            "--parallelism",
            "1");
    assertThat(made.exit()).as(made.err()).isZero();
    return rows(out);
  }

  private static Map<String, JsonNode> rows(Path out) throws Exception {
    Map<String, JsonNode> byUserAndTime = new HashMap<>();
    try (Stream<Path> files = Files.walk(out)) {
      for (Path part : files.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        for (String line : Files.readAllLines(part)) {
          JsonNode row = Json.MAPPER.readTree(line);
          long at = Instant.parse(row.get("at").asText()).toEpochMilli();
          byUserAndTime.put(row.get("user_id").asText() + " " + at, row);
        }
      }
    }
    return byUserAndTime;
  }

  void stop() throws Exception {
    jobs.stop();
  }
}
