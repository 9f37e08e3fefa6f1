package io.plumbline.jobs.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.expression.Contribution;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.time.TimeField;
import io.plumbline.timeline.NaiveTimeline;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.generic.GenericRecord;

/**
 * What every feature of every key is, by the contract read aloud: every event is looked at, without
 * state, tiles or admission as the jobs have them. Only decoding and expressions are the jobs' own.
 */
final class NaiveReference {
  private final Definitions definitions;
  private final Map<String, List<Known>> admitted = new HashMap<>();

  /** By feature and key. */
  private final Map<String, Map<String, List<NaiveTimeline.Contribution>>> contributions =
      new HashMap<>();

  /**
   * An event, with its times.
   *
   * @param sent event time as its sender said, epoch ms
   */
  private record Known(GenericRecord event, long sent, Moment moment) {}

  /**
   * @param lines of each source: events as JSON with their places in the log; what is no event is
   *     passed over
   */
  NaiveReference(Definitions definitions, Map<String, List<String>> lines) {
    this.definitions = definitions;
    lines.forEach((source, texts) -> admit(definitions.source(source), texts));
    for (Feature feature : definitions.features()) {
      if (feature instanceof Feature.Windowed windowed) {
        contributions.put(feature.id(), contributions(windowed));
      }
    }
  }

  private void admit(Source source, List<String> texts) {
    List<Known> inTime = new ArrayList<>();
    JsonDecoder decoder = new JsonDecoder(source.schema());
    for (String text : texts) {
      try {
        Known known = known(source, decoder, text);
        long delay = known.moment.ingestedAt() - known.sent;
        if (-delay <= source.maxClockSkewMs() && delay <= source.latenessMs()) {
          inTime.add(known);
        }
      } catch (Malformed e) {
        continue;
      }
    }
    inTime.sort(
        Comparator.<Known>comparingLong(k -> k.moment.ingestedAt())
            .thenComparing(k -> k.moment.partition())
            .thenComparing(k -> k.moment.offset()));
    Set<String> seen = new HashSet<>();
    inTime.removeIf(
        known ->
            source.eventId().isPresent()
                && !seen.add(known.sent + " " + known.event.get(source.eventId().get())));
    admitted.put(source.name(), inTime);
  }

  private static Known known(Source source, JsonDecoder decoder, String text) throws Malformed {
    ObjectNode line = JsonDecoder.parse(text.getBytes(StandardCharsets.UTF_8));
    GenericRecord event = decoder.decode(line);
    Object time = event.get(source.eventTime());
    if (time == null || source.eventId().map(id -> event.get(id) == null).orElse(false)) {
      throw new Malformed("no time or no id");
    }
    long sent =
        TimeField.of(source.schema().getField(source.eventTime()).schema()).get().millis(time);
    JsonNode at = line.get("_ingested_at");
    long ingestedAt = at.isTextual() ? Instant.parse(at.asText()).toEpochMilli() : at.asLong();
    Moment moment =
        new Moment(
            Math.min(sent, ingestedAt),
            ingestedAt,
            line.path("_partition").asInt(0),
            line.path("_offset").asLong());
    return new Known(event, sent, moment);
  }

  private Map<String, List<NaiveTimeline.Contribution>> contributions(Feature.Windowed feature) {
    Source source = definitions.source(feature.source());
    Contribution expressions = Contribution.of(source, feature);
    Map<String, List<NaiveTimeline.Contribution>> byKey = new HashMap<>();
    for (Known known : admitted.getOrDefault(feature.source(), List.of())) {
      String key = key(feature.entity(), known.event);
      Object value = expressions.lift(known.event);
      if (key != null && value != null && value != Contribution.FAILED) {
        byKey
            .computeIfAbsent(key, k -> new ArrayList<>())
            .add(new NaiveTimeline.Contribution(known.moment, value));
      }
    }
    return byKey;
  }

  private String key(String entity, GenericRecord event) {
    return EntityKey.of(definitions.entity(entity).keys().stream().map(event::get).toArray());
  }

  /** Every key of an entity that any event counts for. */
  Set<String> keys(String entity) {
    Set<String> keys = new TreeSet<>();
    for (Feature feature : definitions.features()) {
      if (feature instanceof Feature.Windowed && feature.entity().equals(entity)) {
        keys.addAll(contributions.get(feature.id()).keySet());
      }
    }
    return keys;
  }

  /** A feature's value, or null where there is none. */
  Object value(Feature.Windowed feature, String key, long at) {
    List<NaiveTimeline.Contribution> known =
        contributions.get(feature.id()).getOrDefault(key, List.of()).stream()
            .filter(c -> c.moment().ingestedAt() <= at)
            .toList();
    return new NaiveTimeline(feature, definitions.source(feature.source()).latenessMs())
        .valueAt(known, at);
  }
}
