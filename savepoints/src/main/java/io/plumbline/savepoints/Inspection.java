package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.Question;
import io.plumbline.time.Durations;
import io.plumbline.timeline.Event;
import io.plumbline.timeline.TimelineContents;
import io.plumbline.timeline.TimelineContents.Span;
import io.plumbline.timeline.TimelinePlan;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/**
 * What a savepoint knows of one key.
 *
 * @param at the time of the features' values, epoch ms
 * @param knowledgeTime epoch ms; null if it had not begun
 * @param asOf the time of the values last shown, epoch ms; null if none were
 * @param features their values by id
 */
record Inspection(
    TimelinePlan plan,
    String key,
    long at,
    Long knowledgeTime,
    Long asOf,
    Map<String, Object> features,
    TimelineContents contents,
    List<Question> questions) {
  private static final int OFFSET_BITS = 48;

  /**
   * Looks at what is kept of a key, which is used up by it. Events that knowledge time has passed
   * are folded first, as the job would have done within a minute.
   */
  static Inspection of(Timelines timelines, KeyBucket.Contents kept, long at, Long knowledgeTime) {
    if (knowledgeTime != null) {
      kept.timeline().settle(knowledgeTime);
    }
    TimelineContents contents = TimelineContents.of(kept.timeline(), at);
    FeatureValues values = new FeatureValues(timelines.plans(), timelines.plan().entity());
    return new Inspection(
        timelines.plan(),
        kept.key(),
        at,
        knowledgeTime,
        kept.asOf() == Long.MIN_VALUE ? null : kept.asOf(),
        values.at(kept.timeline(), at),
        contents,
        List.copyOf(kept.questions()));
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("entity", plan.entity());
    json.put("key", key);
    json.put("at", Json.time(at));
    json.put("knowledge_time", Json.time(knowledgeTime));
    json.put("as_of", Json.time(asOf));
    json.set("features", Json.values(features));
    ArrayNode tiles = json.putArray("tiles");
    for (TimelineContents.Grid grid : contents.grids()) {
      ObjectNode node = tiles.addObject().put("source", grid.source());
      node.put("every", Durations.format(grid.slideMs()));
      node.put("offset", Durations.format(grid.offsetMs()));
      node.set("features", Json.MAPPER.valueToTree(grid.features()));
      node.set("tiles", spans(grid.tiles()));
    }
    ArrayNode sessions = json.putArray("sessions");
    for (TimelineContents.SessionGroup group : contents.sessions()) {
      ObjectNode node = sessions.addObject().put("source", group.source());
      node.put("gap", Durations.format(group.gapMs()));
      node.set("features", Json.MAPPER.valueToTree(group.features()));
      node.set("sessions", spans(group.sessions()));
    }
    ArrayNode lifetimes = json.putArray("lifetime");
    for (TimelineContents.Lifetime lifetime : contents.lifetimes()) {
      ObjectNode node = lifetimes.addObject().put("source", lifetime.source());
      node.set("values", Json.values(lifetime.values()));
    }
    ArrayNode pending = json.putArray("pending");
    contents.pending().forEach(event -> pending.add(json(event)));
    ArrayNode waiting = json.putArray("questions");
    questions.forEach(question -> waiting.add(json(question)));
    return json;
  }

  private static ArrayNode spans(List<Span> spans) {
    ArrayNode nodes = Json.MAPPER.createArrayNode();
    for (Span span : spans) {
      ObjectNode node = nodes.addObject();
      node.put("from", Json.time(span.from()));
      node.put("to", Json.time(span.to()));
      node.set("values", Json.values(span.values()));
    }
    return nodes;
  }

  private ObjectNode json(Event event) {
    return Json.object()
        .put("source", source(event))
        .put("event_time", Json.time(event.moment().eventTime()))
        .put("ingested_at", Json.time(event.moment().ingestedAt()))
        .put("partition", event.moment().partition())
        .put("offset", event.moment().offset());
  }

  private static ObjectNode json(Question question) {
    return Json.object()
        .put("at", Json.time(question.at()))
        .put("partition", question.row() >> OFFSET_BITS)
        .put("offset", offset(question));
  }

  private static long offset(Question question) {
    return question.row() & (1L << OFFSET_BITS) - 1;
  }

  private String source(Event event) {
    return plan.sources().get(event.source()).source().name();
  }

  void print(PrintWriter out) {
    out.printf("%s %s%n", plan.entity(), key);
    new Table()
        .row("knowledge time", knowledgeTime == null ? "none yet" : Json.time(knowledgeTime))
        .row("_as_of", asOf == null ? "nothing was shown" : Json.time(asOf))
        .print(out);
    out.printf("features at %s%n", Json.time(at));
    Table values = new Table();
    features.forEach((id, value) -> values.row(id, value == null ? "null" : value.toString()));
    values.print(out);
    out.println("tiles");
    Table tiles = new Table();
    for (TimelineContents.Grid grid : contents.grids()) {
      row(tiles, grid.source(), "every", grid.slideMs(), grid.tiles(), grid.features());
    }
    tiles.print(out);
    out.println("sessions");
    Table sessions = new Table();
    for (TimelineContents.SessionGroup group : contents.sessions()) {
      row(sessions, group.source(), "gap", group.gapMs(), group.sessions(), group.features());
    }
    sessions.print(out);
    out.println("lifetime");
    Table lifetime = new Table();
    for (TimelineContents.Lifetime one : contents.lifetimes()) {
      one.values().forEach((id, value) -> lifetime.row(one.source(), id, String.valueOf(value)));
    }
    lifetime.print(out);
    printWaiting(out);
  }

  private void printWaiting(PrintWriter out) {
    out.printf("pending events: %,d%n", contents.pending().size());
    Table pending = new Table();
    for (Event event : contents.pending()) {
      pending.row(
          source(event),
          "at " + Json.time(event.moment().eventTime()),
          "ingested " + Json.time(event.moment().ingestedAt()),
          "partition " + event.moment().partition() + " offset " + event.moment().offset());
    }
    pending.print(out);
    out.printf("questions that wait: %,d%n", questions.size());
    Table waiting = new Table();
    for (Question question : questions) {
      waiting.row(
          "at " + Json.time(question.at()),
          "partition " + (question.row() >> OFFSET_BITS) + " offset " + offset(question));
    }
    waiting.print(out);
    out.flush();
  }

  private static void row(
      Table table,
      String source,
      String word,
      long length,
      List<Span> spans,
      List<String> features) {
    String stretch =
        spans.isEmpty()
            ? ""
            : Json.time(spans.get(0).from()) + " to " + Json.time(spans.get(spans.size() - 1).to());
    table.row(
        source,
        word + " " + Durations.format(length),
        spans.size(),
        stretch,
        String.join(", ", features));
  }
}
