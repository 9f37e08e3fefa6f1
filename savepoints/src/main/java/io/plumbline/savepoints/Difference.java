package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.feature.KeyBucket;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How the timelines of two savepoints differ. Both are settled to the later of the two knowledge
 * times first: a savepoint may have folded events that another still has pending, and what it has
 * folded no one can take apart again.
 */
final class Difference {
  /** Which savepoint. */
  enum Side {
    A,
    B
  }

  /** A key of which only one of them has something. */
  record Lonely(String entity, String key, Side side) {}

  /** A feature's two values. */
  record Values(String feature, Object a, Object b) {}

  /**
   * A key whose timelines differ.
   *
   * @param features whose values differ; empty where only what is kept does
   */
  record Changed(String entity, String key, List<Values> features) {}

  private final Map<String, Long> times = new LinkedHashMap<>();
  private final List<String> definitions = new ArrayList<>();
  private final List<Lonely> lonely = new ArrayList<>();
  private final List<Changed> changed = new ArrayList<>();
  private long equal;

  private Difference() {}

  /** Compares all keys of all entities that both have. */
  static Difference between(Savepoint a, Savepoint b) {
    Difference difference = new Difference();
    Set<String> entities = new LinkedHashSet<>(a.entities());
    entities.addAll(b.entities());
    for (String entity : entities) {
      if (!a.entities().contains(entity) || !b.entities().contains(entity)) {
        Side side = a.entities().contains(entity) ? Side.A : Side.B;
        difference.definitions.add("entity " + entity + " is only in " + side);
      } else {
        difference.new Comparison(a.timelines(entity), b.timelines(entity)).run();
      }
    }
    return difference;
  }

  private final class Comparison {
    private final Timelines a;
    private final Timelines b;
    private final String entity;
    private final FeatureValues valuesA;
    private final FeatureValues valuesB;
    private final boolean sameLayout;
    private final long time;

    Comparison(Timelines a, Timelines b) {
      this.a = a;
      this.b = b;
      entity = a.plan().entity();
      valuesA = new FeatureValues(a.plans(), entity);
      valuesB = new FeatureValues(b.plans(), entity);
      sameLayout = a.plan().layout().equals(b.plan().layout());
      time =
          Math.max(
              a.knowledgeTime().orElse(Long.MIN_VALUE), b.knowledgeTime().orElse(Long.MIN_VALUE));
    }

    void run() {
      if (!sameLayout) {
        definitions.add("features of " + entity + " are not defined alike");
      }
      valuesA.ids().stream().filter(id -> !valuesB.ids().contains(id)).forEach(onlyIn(Side.A));
      valuesB.ids().stream().filter(id -> !valuesA.ids().contains(id)).forEach(onlyIn(Side.B));
      times.put(entity, time);
      int parts = a.maxParallelism() == b.maxParallelism() ? Math.min(a.parts(), b.parts()) : 1;
      for (int part = 0; part < parts; part++) {
        Map<String, KeyBucket.Contents> ofA = new HashMap<>();
        a.forEach(part, parts, kept -> ofA.put(kept.key(), kept));
        b.forEach(part, parts, kept -> compare(ofA.remove(kept.key()), kept));
        new TreeMap<>(ofA).values().forEach(kept -> alone(kept, Side.A));
      }
    }

    private Consumer<String> onlyIn(Side side) {
      return id -> definitions.add("feature " + id + " of " + entity + " is only in " + side);
    }

    /** By the time of the comparison nothing may be left of it: the other has forgotten it. */
    private void alone(KeyBucket.Contents kept, Side side) {
      kept.timeline().settle(time);
      boolean waits = kept.questions().stream().anyMatch(question -> question.at() > time);
      if (waits || !kept.timeline().isEmpty()) {
        lonely.add(new Lonely(entity, kept.key(), side));
      }
    }

    private void compare(KeyBucket.Contents keptA, KeyBucket.Contents keptB) {
      if (keptA == null) {
        alone(keptB, Side.B);
        return;
      }
      List<Values> differ = new ArrayList<>();
      Map<String, Object> inA = valuesA.at(keptA.timeline(), time);
      Map<String, Object> inB = valuesB.at(keptB.timeline(), time);
      inA.forEach(
          (feature, value) -> {
            if (inB.containsKey(feature) && !Objects.equals(value, inB.get(feature))) {
              differ.add(new Values(feature, value, inB.get(feature)));
            }
          });
      boolean same =
          differ.isEmpty()
              && (!sameLayout
                  || Arrays.equals(a.bytes(keptA.timeline()), b.bytes(keptB.timeline())));
      if (same) {
        equal++;
      } else {
        changed.add(new Changed(entity, keptB.key(), differ));
      }
    }
  }

  boolean isNone() {
    return definitions.isEmpty() && lonely.isEmpty() && changed.isEmpty();
  }

  List<Lonely> lonely() {
    return lonely;
  }

  List<Changed> changed() {
    return changed;
  }

  long equal() {
    return equal;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    ObjectNode at = json.putObject("compared_at");
    times.forEach((entity, time) -> at.put(entity, Json.time(time)));
    json.put("equal", equal);
    json.set("definitions", Json.MAPPER.valueToTree(definitions));
    for (Side side : Side.values()) {
      ArrayNode only = json.putArray("only_in_" + (side == Side.A ? "a" : "b"));
      lonely.stream()
          .filter(one -> one.side == side)
          .forEach(one -> only.addObject().put("entity", one.entity).put("key", one.key));
    }
    ArrayNode differ = json.putArray("differ");
    for (Changed one : changed) {
      ObjectNode node = differ.addObject().put("entity", one.entity).put("key", one.key);
      node.set("features", Json.MAPPER.valueToTree(one.features));
    }
    return json;
  }

  void print(PrintWriter out) {
    times.forEach((entity, time) -> out.printf("%s compared at %s%n", entity, Json.time(time)));
    definitions.forEach(out::println);
    Table table = new Table();
    lonely.forEach(one -> table.row(one.entity, one.key, "only in " + one.side, null, null));
    for (Changed one : changed) {
      if (one.features.isEmpty()) {
        table.row(one.entity, one.key, "equal values, other state", null, null);
      }
      for (Values values : one.features) {
        table.row(one.entity, one.key, values.feature, "A " + values.a, "B " + values.b);
      }
    }
    table.print(out);
    out.printf(
        "%,d keys are equal, %,d differ, %,d are in one alone%n",
        equal, changed.size(), lonely.size());
    out.flush();
  }
}
