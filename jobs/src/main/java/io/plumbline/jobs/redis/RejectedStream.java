package io.plumbline.jobs.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.plumbline.UserError;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the rejected records of a source, newest first, each once. */
public final class RejectedStream {
  static final String REASON = "reason";
  static final String EVENT_TIME = "event_time";
  static final String INGESTED_AT = "ingested_at";
  static final String LATENESS_MS = "lateness_ms";
  static final String TOPIC = "topic";
  static final String PARTITION = "partition";
  static final String OFFSET = "offset";
  static final String DETAIL = "detail";
  static final String PAYLOAD = "payload";
  static final String RAW = "raw";

  private static final int PAGE = 500;

  private final RedisConnection redis;

  /**
   * Which records to show.
   *
   * @param reasons empty for all
   * @param fromTime the earliest ingestion time, epoch ms
   * @param toTime ingestion times are before this, epoch ms
   * @param partition empty for all
   * @param fromOffset the smallest offset
   * @param toOffset offsets are less than this
   * @param limit the most records
   */
  public record Filter(
      Set<Reason> reasons,
      long fromTime,
      long toTime,
      OptionalInt partition,
      long fromOffset,
      long toOffset,
      int limit) {

    /** Shows everything, up to a limit. */
    public static Filter newest(int limit) {
      return new Filter(
          Set.of(),
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          OptionalInt.empty(),
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          limit);
    }

    /** Records without an ingestion time pass whatever times are asked for. */
    boolean accepts(Rejected record) {
      Long time = record.ingestedAt();
      return (reasons.isEmpty() || reasons.contains(record.reason()))
          && (time == null || (time >= fromTime && time < toTime))
          && (partition.isEmpty() || partition.getAsInt() == record.partition())
          && record.offset() >= fromOffset
          && record.offset() < toOffset;
    }
  }

  /**
   * An entry of a stream.
   *
   * @param id of the entry
   * @param record with the very bytes that lay in the log
   * @param json the payload for people; null if it could not be read
   */
  public record Entry(String id, Rejected record, String json) {}

  private record Position(String topic, int partition, long offset) {}

  public RejectedStream(RedisConnection redis) {
    this.redis = redis;
  }

  /** The records that pass a filter, newest entry first. */
  public List<Entry> list(String source, Filter filter) {
    String stream = redis.keys().rejected(source);
    List<Entry> found = new ArrayList<>();
    Set<Position> seen = new HashSet<>();
    Range<String> range = Range.unbounded();
    while (found.size() < filter.limit()) {
      Range<String> before = range;
      List<StreamMessage<String, String>> page =
          redis.ask(c -> c.xrevrange(stream, before, Limit.from(PAGE)));
      for (StreamMessage<String, String> message : page) {
        Entry entry = entry(stream, source, message);
        Rejected record = entry.record;
        if (found.size() < filter.limit()
            && filter.accepts(record)
            && seen.add(new Position(record.topic(), record.partition(), record.offset()))) {
          found.add(entry);
        }
      }
      if (page.size() < PAGE) {
        break;
      }
      range =
          Range.from(
              Range.Boundary.unbounded(),
              Range.Boundary.excluding(page.get(page.size() - 1).getId()));
    }
    return found;
  }

  /**
   * @throws UserError if another program has put it there
   */
  private static Entry entry(String stream, String source, StreamMessage<String, String> message) {
    try {
      return entry(source, message);
    } catch (IllegalArgumentException e) {
      throw UserError.invalid(
          stream
              + " has the entry "
              + message.getId()
              + ", which is no rejected record; remove it: XDEL "
              + stream
              + " "
              + message.getId(),
          e);
    }
  }

  private static Entry entry(String source, StreamMessage<String, String> message) {
    Map<String, String> fields = message.getBody();
    String json = fields.get(PAYLOAD);
    String raw = fields.get(RAW);
    byte[] payload = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
    if (raw != null) {
      payload = Base64.getDecoder().decode(raw);
    }
    Rejected record =
        new Rejected(
            source,
            Reason.valueOf(needed(fields, REASON).toUpperCase(Locale.ROOT)),
            time(fields.get(EVENT_TIME)),
            time(fields.get(INGESTED_AT)),
            fields.getOrDefault(DETAIL, ""),
            needed(fields, TOPIC),
            Integer.parseInt(needed(fields, PARTITION)),
            Long.parseLong(needed(fields, OFFSET)),
            payload);
    return new Entry(message.getId(), record, json);
  }

  private static String needed(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  private static Long time(String text) {
    return text == null ? null : Long.valueOf(text);
  }
}
