package io.plumbline.jobs.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The order in which a live log hands its records over: within a partition disordered within a
 * bound, the partitions at random speeds, and with each arrival what knowledge time follows from
 * it. Observations are one more partition, in order.
 */
final class LiveLog {
  /** Stream of the observations. */
  static final String OBSERVATIONS = "";

  /** How far a partition may fall behind the others, in records at their usual distance. */
  private static final int LAG = 10;

  /**
   * How far arrivals are disordered at least, in the same measure: cases are sparse, and within a
   * second hardly any of their records would change places.
   */
  private static final int DISORDER = 5;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Random random;
  private final List<Partition> partitions = new ArrayList<>();

  /** Records of one partition, and how far their times may run backwards. */
  private record Partition(long disorder, List<Arrival> records) {}

  /** A record's turn: when the log hands it over, on a clock of its own. */
  private record Turn(long clock, Arrival arrival, int partition) {}

  LiveLog(long seed) {
    random = new Random(seed);
  }

  /** Adds a source's events; lines that are not JSON have no place in a log. */
  LiveLog events(Source source, Path lines) throws IOException {
    Map<Integer, List<Arrival>> records = new LinkedHashMap<>();
    long line = 0;
    for (String text : Files.readAllLines(lines)) {
      line++;
      if (isJson(text)) {
        Arrival arrival = event(source.name(), text, line);
        records.computeIfAbsent(arrival.partition(), p -> new ArrayList<>()).add(arrival);
      }
    }
    records.values().forEach(r -> partitions.add(new Partition(source.logDisorderMs(), r)));
    return this;
  }

  static boolean isJson(String text) {
    try {
      return JSON.readTree(text) != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static Arrival event(String source, String text, long line) throws IOException {
    JsonNode event = JSON.readTree(text);
    JsonNode time = event.get("_ingested_at");
    long at = time.isTextual() ? Instant.parse(time.textValue()).toEpochMilli() : time.longValue();
    boolean placed = event.has("_partition");
    return new Arrival(
        source,
        text.getBytes(StandardCharsets.UTF_8),
        placed ? event.get("_partition").intValue() : -1,
        placed ? event.get("_offset").longValue() : line,
        at,
        Long.MIN_VALUE);
  }

  /** Adds observations. */
  LiveLog observations(List<Arrival> observations) {
    partitions.add(new Partition(0, observations));
    return this;
  }

  /** The records in the order of their arrival. */
  List<Arrival> arrivals() {
    long distance = usualDistance();
    partitions.replaceAll(
        p ->
            p.disorder == 0
                ? p
                : new Partition(Math.max(p.disorder, DISORDER * distance), p.records));
    long lag = LAG * distance;
    List<Turn> turns = new ArrayList<>();
    for (int p = 0; p < partitions.size(); p++) {
      turns.addAll(turns(p, lag));
    }
    turns.sort(Comparator.comparingLong(Turn::clock));
    return passing(turns);
  }

  private long usualDistance() {
    long[] times =
        partitions.stream().flatMap(p -> p.records.stream()).mapToLong(Arrival::at).toArray();
    Arrays.sort(times);
    long[] distances = new long[times.length - 1];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = times[i + 1] - times[i];
    }
    Arrays.sort(distances);
    return Math.max(1, distances[distances.length / 2]);
  }

  private List<Turn> turns(int p, long lag) {
    Partition partition = partitions.get(p);
    List<Turn> inOrder = new ArrayList<>();
    for (Arrival record : partition.records) {
      long disordered = record.at() + random.nextLong(partition.disorder + 1);
      inOrder.add(new Turn(disordered, record, p));
    }
    inOrder.sort(Comparator.comparingLong(Turn::clock));
    List<Turn> turns = new ArrayList<>();
    long clock = Long.MIN_VALUE;
    for (Turn turn : inOrder) {
      clock = Math.max(clock, turn.clock + random.nextLong(lag + 1));
      turns.add(new Turn(clock, turn.arrival, p));
    }
    return turns;
  }

  /** Adds knowledge time: the least over the partitions that are not at their end. */
  private List<Arrival> passing(List<Turn> turns) {
    Map<Integer, Integer> left = new HashMap<>();
    turns.forEach(t -> left.merge(t.partition, 1, Integer::sum));
    Map<Integer, Long> known = new HashMap<>();
    left.keySet().forEach(p -> known.put(p, Long.MIN_VALUE));
    List<Arrival> arrivals = new ArrayList<>();
    long passed = Long.MIN_VALUE;
    for (Turn turn : turns) {
      long disorder = partitions.get(turn.partition).disorder;
      known.merge(turn.partition, turn.arrival.at() - disorder - 1, Math::max);
      if (left.merge(turn.partition, -1, Integer::sum) == 0) {
        known.remove(turn.partition);
      }
      passed = known.values().stream().min(Long::compare).orElse(passed);
      arrivals.add(turn.arrival.passing(passed));
    }
    return arrivals;
  }
}
