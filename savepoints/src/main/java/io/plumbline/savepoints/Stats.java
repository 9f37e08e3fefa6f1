package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.time.Durations;
import io.plumbline.timeline.TimelineContents;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.apache.flink.runtime.checkpoint.OperatorState;

/** How much state a savepoint holds, and of what. */
final class Stats {
  private static final int LARGEST = 10;

  /**
   * An operator's state.
   *
   * @param keys null where state is not by key
   */
  record OperatorStats(String uid, Long keys, long bytes) {}

  /** A group of tiles or sessions, over all keys. */
  record GroupStats(String source, String group, List<String> features, long keys, long count) {}

  /** A key and what it takes. */
  record KeyStats(String key, long bytes, long tiles, long pending) {}

  /** All keys of an entity. */
  static final class EntityStats {
    final String entity;
    long keys;
    long pending;
    long questions;
    final Map<String, GroupStats> groups = new LinkedHashMap<>();
    private final PriorityQueue<KeyStats> largest =
        new PriorityQueue<>(
            Comparator.comparingLong(KeyStats::bytes)
                .thenComparing(KeyStats::key, Comparator.reverseOrder()));

    EntityStats(String entity) {
      this.entity = entity;
    }

    void add(KeyBucket.Contents kept, long bytes) {
      TimelineContents contents = TimelineContents.outline(kept.timeline());
      keys++;
      pending += contents.pending().size();
      questions += kept.questions().size();
      for (TimelineContents.Grid grid : contents.grids()) {
        String every = "every " + Durations.format(grid.slideMs());
        String offset = grid.offsetMs() == 0 ? "" : " at " + Durations.format(grid.offsetMs());
        count(grid.source(), every + offset, grid.features(), grid.tiles().size());
      }
      for (TimelineContents.SessionGroup group : contents.sessions()) {
        String gap = "gap " + Durations.format(group.gapMs());
        count(group.source(), gap, group.features(), group.sessions().size());
      }
      largest.add(
          new KeyStats(kept.key(), bytes, kept.timeline().tiles(), kept.timeline().pending()));
      if (largest.size() > LARGEST) {
        largest.poll();
      }
    }

    private void count(String source, String group, List<String> features, long more) {
      groups.merge(
          source + " " + group + " " + features,
          new GroupStats(source, group, features, more > 0 ? 1 : 0, more),
          (a, b) -> new GroupStats(source, group, features, a.keys + b.keys, a.count + b.count));
    }

    /** The keys that take most, the largest first. */
    List<KeyStats> largest() {
      List<KeyStats> keys = new ArrayList<>(largest);
      keys.sort(largest.comparator().reversed());
      return keys;
    }
  }

  private final List<OperatorStats> operators = new ArrayList<>();
  private final List<EntityStats> entities = new ArrayList<>();

  private Stats() {}

  /** Reads all keys. */
  static Stats of(Savepoint savepoint) {
    Stats stats = new Stats();
    Map<String, Long> keys = new HashMap<>();
    for (String entity : savepoint.entities()) {
      EntityStats of = new EntityStats(entity);
      Timelines timelines = savepoint.timelines(entity);
      timelines.forEach(kept -> of.add(kept, timelines.bytes(kept.timeline()).length));
      stats.entities.add(of);
      keys.put(Uids.timelines(entity), of.keys);
    }
    for (OperatorState operator : savepoint.operators()) {
      String uid = Savepoint.nameOf(operator);
      Long known = keys.containsKey(uid) ? keys.get(uid) : keys(savepoint, operator);
      stats.operators.add(new OperatorStats(uid, known, operator.getStateSize()));
    }
    return stats;
  }

  private static Long keys(Savepoint savepoint, OperatorState operator) {
    OptionalLong keys =
        savepoint.reading(Savepoint.nameOf(operator), () -> savepoint.reader(operator).keys());
    return keys.isPresent() ? keys.getAsLong() : null;
  }

  List<OperatorStats> operators() {
    return operators;
  }

  List<EntityStats> entities() {
    return entities;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    ArrayNode all = json.putArray("operators");
    for (OperatorStats one : operators) {
      all.addObject().put("uid", one.uid).put("keys", one.keys).put("bytes", one.bytes);
    }
    ArrayNode each = json.putArray("entities");
    for (EntityStats entity : entities) {
      ObjectNode node = each.addObject().put("entity", entity.entity).put("keys", entity.keys);
      node.put("pending_events", entity.pending).put("questions", entity.questions);
      node.set("groups", Json.MAPPER.valueToTree(entity.groups.values()));
      node.set("largest_keys", Json.MAPPER.valueToTree(entity.largest()));
    }
    return json;
  }

  void print(PrintWriter out) {
    Table table = new Table().row("operator", "keys", "bytes");
    operators.stream()
        .filter(one -> one.bytes > 0)
        .forEach(one -> table.row(one.uid, one.keys, one.bytes));
    table.print(out);
    for (EntityStats entity : entities) {
      out.printf(
          "%n%s: %,d keys, %,d pending events, %,d questions%n",
          entity.entity, entity.keys, entity.pending, entity.questions);
      Table groups = new Table();
      if (!entity.groups.isEmpty()) {
        groups.row("source", "windows", "tiles", "of keys", "features");
      }
      entity.groups.values().stream()
          .sorted(Comparator.comparingLong(GroupStats::count).reversed())
          .forEach(g -> groups.row(g.source, g.group, g.count, g.keys, text(g.features)));
      groups.print(out);
      out.println("largest keys");
      Table largest = new Table().row("key", "bytes", "tiles", "pending");
      entity.largest().forEach(k -> largest.row(k.key, k.bytes, k.tiles, k.pending));
      largest.print(out);
    }
    out.flush();
  }

  private static String text(List<String> features) {
    return String.join(", ", features);
  }
}
