package io.plumbline.jobs.archive;

import io.plumbline.jobs.kafka.LogRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A log of several partitions, in memory: times grow but for a disorder, some records are malformed
 * in several ways, some have no time. Sources name it, so that it need not travel to them.
 */
final class TestLog {
  static final long START = Instant.parse("2026-05-01T08:40:00Z").toEpochMilli();
  static final long DISORDER_MS = 1_000;

  private static final Map<Integer, TestLog> LOGS = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  final int number = NUMBERS.incrementAndGet();
  final List<List<LogRecord>> partitions = new ArrayList<>();

  /** How many records of each partition may be read; a reader waits before it goes on. */
  volatile int limit;

  /** Whether a partition ends when all of it is read. */
  volatile boolean bounded;

  TestLog(long seed, int partitions, int records, long stepMs) {
    Random random = new Random(seed);
    for (int p = 0; p < partitions; p++) {
      List<LogRecord> log = new ArrayList<>();
      long clock = START;
      long offset = random.nextInt(3);
      for (int i = 0; i < records; i++) {
        clock += random.nextLong(2 * stepMs);
        offset += random.nextInt(50) == 0 ? 2 : 1;
        long time = clock - random.nextLong(DISORDER_MS);
        log.add(record(random, p, offset, time));
      }
      this.partitions.add(log);
    }
    limit = records;
    LOGS.put(number, this);
  }

  static TestLog of(int number) {
    return LOGS.get(number);
  }

  private static LogRecord record(Random random, int partition, long offset, long time) {
    String id = partition + "-" + offset;
    String json =
        "{\"event_id\": \"" + id + "\", \"at\": " + (time - 5) + ", \"amount\": " + offset + ".25}";
    byte[] value = json.getBytes(StandardCharsets.UTF_8);
    long timestamp = time;
    switch (random.nextInt(60)) {
      case 0 -> value = null;
      case 1 -> value = new byte[] {(byte) 0xff, 0, (byte) partition, (byte) offset};
      case 2 ->
          value = "{\"event_id\": null, \"at\": 1, \"amount\": 1}".getBytes(StandardCharsets.UTF_8);
      case 3 -> value = "{\"event_id\": \"x\", \"amount\": 1}".getBytes(StandardCharsets.UTF_8);
      case 4 -> timestamp = -1;
      default -> {}
    }
    return new LogRecord("pay", partition, offset, timestamp, value);
  }

  List<LogRecord> all() {
    return partitions.stream().flatMap(List::stream).toList();
  }

  void forget() {
    LOGS.remove(number);
  }
}
