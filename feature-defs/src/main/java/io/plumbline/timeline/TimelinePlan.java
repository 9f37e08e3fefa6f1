package io.plumbline.timeline;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Aggregates;
import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Finisher;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Emit;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.Window;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What the timelines of one entity keep, and where each feature reads it: features that aggregate
 * the same input over windows of one grid share tiles, and equal accumulators are kept once.
 */
public final class TimelinePlan {

  /**
   * What an event contributes: one evaluation for all features that share it.
   *
   * @param where CEL condition; empty for all events
   * @param value CEL expression; empty where only the event itself counts
   * @param type of the value
   * @param cohort of the features: what they count began together. Those of another share nothing,
   *     for they would show its events too
   */
  public record Input(
      Optional<String> where, Optional<String> value, Optional<ValueType> type, int cohort) {
    /** What a feature aggregates. */
    public static Input of(Feature.Windowed feature, int cohort) {
      return new Input(feature.where(), feature.value(), feature.valueType(), cohort);
    }

    /** Whether this is what a feature of some cohort aggregates. */
    public boolean isOf(Feature.Windowed feature) {
      return equals(of(feature, cohort));
    }
  }

  /** What is kept of one source. */
  public record SourcePlan(
      Source source,
      long lagMs,
      List<Input> inputs,
      List<GridPlan> grids,
      List<SessionPlan> sessions,
      LifetimePlan lifetime) {}

  /** An accumulator of one input. */
  record Slot(int input, String key, Algebra<Object> algebra) {}

  /** Windows on one grid, of one source. */
  record GridPlan(
      TileGrid grid,
      List<Slot> slots,
      List<ViewPlan> views,
      List<Read> reads,
      List<WindowPlan> windows) {
    /** How much is kept: state that was kept for less lacks what a longer window shows. */
    String reach(long latenessMs) {
      long tiles = views.stream().mapToLong(ViewPlan::tiles).max().orElse(0);
      boolean closed = views.stream().anyMatch(view -> view.emit == Emit.CLOSED);
      return tiles + " tiles" + (closed ? " and " + latenessMs + " ms" : "");
    }
  }

  /** A window that some feature shows. */
  record ViewPlan(int slot, long tiles, Emit emit) {}

  /**
   * All views of one length.
   *
   * @param views their places in the grid's plan
   * @param slots for each view, of the tiles' accumulators
   * @param inputs for each view, what is aggregated
   */
  record WindowPlan(Span span, int[] views, int[] slots, int[] inputs) {}

  /** Sessions of one input. */
  record SessionPlan(long gapMs, int input, List<Slot> slots, List<SessionRead> reads) {
    /** How much is kept, as of a grid. */
    String reach(long latenessMs) {
      if (!showsClosed()) {
        return latenessMs + " ms";
      }
      boolean forEver = reads.stream().anyMatch(r -> r.emit == Emit.CLOSED && r.retainMs.isEmpty());
      long retainMs = reads.stream().mapToLong(r -> r.retainMs.orElse(0)).max().orElse(0);
      return latenessMs + " ms, closed ones " + (forEver ? "until the next" : retainMs + " ms");
    }

    boolean showsClosed() {
      return reads.stream().anyMatch(r -> r.emit == Emit.CLOSED);
    }
  }

  /** Accumulators over all events. */
  record LifetimePlan(List<Slot> slots, List<Read> reads) {}

  /** A feature: its place in the answer, the view or slot that it reads, how it is finished. */
  record Read(int feature, int from, Finisher<Object> finisher) {}

  /** A feature that reads a session. */
  record SessionRead(
      int feature, int slot, Emit emit, OptionalLong retainMs, Finisher<Object> finisher) {}

  private final String entity;
  private final List<Feature.Windowed> features;
  private final List<SourcePlan> sources;
  private final Knowledge knowledge;
  private final boolean showsLive;

  private TimelinePlan(
      String entity,
      List<Feature.Windowed> features,
      List<SourcePlan> sources,
      Knowledge knowledge) {
    this.entity = entity;
    this.features = features;
    this.sources = sources;
    this.knowledge = knowledge;
    this.showsLive = features.stream().anyMatch(feature -> feature.emit() == Emit.LIVE);
  }

  /**
   * Plans the timelines of an entity.
   *
   * @param features of that entity, in the order of the answers' values
   */
  public static TimelinePlan of(
      Definitions definitions,
      String entity,
      List<Feature.Windowed> features,
      Knowledge knowledge) {
    return of(definitions, entity, features, knowledge, Map.of());
  }

  /**
   * Plans the timelines of an entity whose features did not all begin together.
   *
   * @param features of that entity, in the order of the answers' values
   * @param cohorts by feature id; 0 for features that are not named
   */
  public static TimelinePlan of(
      Definitions definitions,
      String entity,
      List<Feature.Windowed> features,
      Knowledge knowledge,
      Map<String, Integer> cohorts) {
    List<Builder> builders = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      Feature.Windowed feature = features.get(i);
      Source source = definitions.source(feature.source());
      Builder builder =
          builders.stream()
              .filter(b -> b.source.name().equals(source.name()))
              .findFirst()
              .orElseGet(
                  () -> {
                    Builder b = new Builder(source);
                    builders.add(b);
                    return b;
                  });
      builder.add(i, feature, cohorts.getOrDefault(feature.id(), 0));
    }
    return new TimelinePlan(
        entity,
        List.copyOf(features),
        builders.stream().map(b -> b.build(knowledge)).toList(),
        knowledge);
  }

  public String entity() {
    return entity;
  }

  /** The features answered, in the order of an answer's values. */
  public List<Feature.Windowed> features() {
    return features;
  }

  /**
   * Whether an event can change what is shown as soon as it comes: not if all windows are closed.
   */
  public boolean showsLive() {
    return showsLive;
  }

  /** When events count as known. */
  public Knowledge knowledge() {
    return knowledge;
  }

  /** What is kept of each source. */
  public List<SourcePlan> sources() {
    return sources;
  }

  /**
   * What the state of these timelines holds, in order: state written under one layout can be read
   * under an equal one.
   */
  public String layout() {
    StringBuilder text = new StringBuilder(entity);
    for (SourcePlan plan : sources) {
      text.append("\nsource ").append(plan.source.name());
      for (Input input : plan.inputs) {
        text.append("\n input ").append(input);
      }
      for (GridPlan grid : plan.grids) {
        text.append("\n ").append(grid.grid).append(keys(grid.slots));
        text.append(" keeps ").append(grid.reach(plan.source.latenessMs()));
      }
      for (SessionPlan sessions : plan.sessions) {
        text.append("\n session ").append(sessions.gapMs).append(" of ").append(sessions.input);
        text.append(keys(sessions.slots));
        text.append(" keeps ").append(sessions.reach(plan.source.latenessMs()));
      }
      text.append("\n lifetime").append(keys(plan.lifetime.slots));
    }
    return text.toString();
  }

  private static List<String> keys(List<Slot> slots) {
    return slots.stream().map(slot -> slot.key + " of " + slot.input).toList();
  }

  private static final class Builder {
    final Source source;
    final List<Input> inputs = new ArrayList<>();
    final List<GridPlan> grids = new ArrayList<>();
    final List<SessionPlan> sessions = new ArrayList<>();
    final LifetimePlan lifetime = new LifetimePlan(new ArrayList<>(), new ArrayList<>());

    Builder(Source source) {
      this.source = source;
    }

    void add(int index, Feature.Windowed feature, int cohort) {
      int input = indexOf(inputs, Input.of(feature, cohort));
      Aggregate<Object> aggregate = aggregate(feature);
      Slot slot = new Slot(input, aggregate.key(), aggregate.algebra());
      if (feature.window() instanceof Window.Sliding window) {
        GridPlan plan = grid(new TileGrid(window.slideMs(), window.offsetMs()));
        long tiles = window.sizeMs() / window.slideMs();
        ViewPlan view = new ViewPlan(slot(plan.slots, slot), tiles, feature.emit());
        plan.reads.add(new Read(index, indexOf(plan.views, view), aggregate.finisher()));
      } else if (feature.window() instanceof Window.Session window) {
        addSession(window.gapMs(), index, slot, feature, aggregate);
      } else if (feature.retainMs().isPresent()) {
        addSession(feature.retainMs().getAsLong(), index, slot, feature, aggregate);
      } else {
        int at = slot(lifetime.slots, slot);
        lifetime.reads.add(new Read(index, at, aggregate.finisher()));
      }
    }

    private void addSession(
        long gapMs, int index, Slot slot, Feature.Windowed feature, Aggregate<Object> aggregate) {
      SessionPlan plan =
          sessions.stream()
              .filter(s -> s.gapMs == gapMs && s.input == slot.input)
              .findFirst()
              .orElseGet(
                  () -> {
                    SessionPlan s =
                        new SessionPlan(gapMs, slot.input, new ArrayList<>(), new ArrayList<>());
                    sessions.add(s);
                    return s;
                  });
      plan.reads.add(
          new SessionRead(
              index,
              slot(plan.slots, slot),
              feature.emit(),
              feature.retainMs(),
              aggregate.finisher()));
    }

    private GridPlan grid(TileGrid grid) {
      for (GridPlan plan : grids) {
        if (plan.grid.equals(grid)) {
          return plan;
        }
      }
      GridPlan plan =
          new GridPlan(
              grid, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      grids.add(plan);
      return plan;
    }

    SourcePlan build(Knowledge knowledge) {
      grids.forEach(this::addWindows);
      return new SourcePlan(
          source, knowledge.lag(source.latenessMs()), inputs, grids, sessions, lifetime);
    }

    private void addWindows(GridPlan grid) {
      Map<Span, List<Integer>> spans = new LinkedHashMap<>();
      for (int i = 0; i < grid.views.size(); i++) {
        ViewPlan view = grid.views.get(i);
        Span span = new Span(grid.grid, view.tiles, view.emit, source.latenessMs());
        spans.computeIfAbsent(span, s -> new ArrayList<>()).add(i);
      }
      spans.forEach(
          (span, views) -> {
            int[] slots = views.stream().mapToInt(v -> grid.views.get(v).slot).toArray();
            int[] inputs = IntStream.of(slots).map(s -> grid.slots.get(s).input).toArray();
            int[] places = views.stream().mapToInt(Integer::intValue).toArray();
            grid.windows.add(new WindowPlan(span, places, slots, inputs));
          });
    }

    @SuppressWarnings("unchecked")
    private static Aggregate<Object> aggregate(Feature.Windowed feature) {
      return (Aggregate<Object>)
          Aggregates.of(feature.aggregation(), feature.valueType().orElse(null), feature.window());
    }

    private static int slot(List<Slot> slots, Slot slot) {
      for (int i = 0; i < slots.size(); i++) {
        if (slots.get(i).input == slot.input && slots.get(i).key.equals(slot.key)) {
          return i;
        }
      }
      slots.add(slot);
      return slots.size() - 1;
    }

    private static <T> int indexOf(List<T> list, T element) {
      int i = list.indexOf(element);
      if (i < 0) {
        list.add(element);
        return list.size() - 1;
      }
      return i;
    }
  }
}
