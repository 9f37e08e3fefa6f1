package io.plumbline.timeline;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Carries timelines of one plan over to another: what both keep stays as it is, to the bit; what
 * only the old one keeps is left behind; what only the new one keeps is empty.
 */
public final class TimelineMigration {
  private static final int NONE = -1;

  private final TimelinePlan to;
  private final SourceMigration[] sources;

  /** What becomes of one source's events; its places in the old plan, by those in the new one. */
  private record SourceMigration(
      int from, int[] inputs, GroupMigration[] grids, GroupMigration[] sessions, int[] lifetime) {
    Object[] values(Object[] old) {
      return pick(old, inputs);
    }
  }

  /** A grid, or a group of sessions. */
  private record GroupMigration(int from, int[] slots) {}

  /** For timelines of a plan that become timelines of another of the same entity. */
  public TimelineMigration(TimelinePlan from, TimelinePlan to) {
    this.to = to;
    this.sources = new SourceMigration[to.sources().size()];
    for (int s = 0; s < sources.length; s++) {
      sources[s] = source(from, to.sources().get(s)).orElse(null);
    }
  }

  private static Optional<SourceMigration> source(TimelinePlan from, TimelinePlan.SourcePlan now) {
    for (int s = 0; s < from.sources().size(); s++) {
      TimelinePlan.SourcePlan old = from.sources().get(s);
      if (old.source().name().equals(now.source().name())) {
        int[] inputs = now.inputs().stream().mapToInt(old.inputs()::indexOf).toArray();
        return Optional.of(
            new SourceMigration(
                s,
                inputs,
                now.grids().stream().map(g -> grid(old, g, inputs)).toArray(GroupMigration[]::new),
                now.sessions().stream()
                    .map(g -> sessions(old, g, inputs))
                    .toArray(GroupMigration[]::new),
                slots(old.lifetime().slots(), now.lifetime().slots(), inputs)));
      }
    }
    return Optional.empty();
  }

  private static GroupMigration grid(
      TimelinePlan.SourcePlan old, TimelinePlan.GridPlan now, int[] inputs) {
    for (int g = 0; g < old.grids().size(); g++) {
      if (old.grids().get(g).grid().equals(now.grid())) {
        return new GroupMigration(g, slots(old.grids().get(g).slots(), now.slots(), inputs));
      }
    }
    return new GroupMigration(NONE, new int[0]);
  }

  private static GroupMigration sessions(
      TimelinePlan.SourcePlan old, TimelinePlan.SessionPlan now, int[] inputs) {
    for (int g = 0; g < old.sessions().size(); g++) {
      TimelinePlan.SessionPlan group = old.sessions().get(g);
      if (group.gapMs() == now.gapMs() && group.input() == inputs[now.input()]) {
        return new GroupMigration(g, slots(group.slots(), now.slots(), inputs));
      }
    }
    return new GroupMigration(NONE, new int[0]);
  }

  private static int[] slots(
      List<TimelinePlan.Slot> old, List<TimelinePlan.Slot> now, int[] inputs) {
    int[] places = new int[now.size()];
    for (int i = 0; i < places.length; i++) {
      TimelinePlan.Slot slot = now.get(i);
      places[i] = NONE;
      for (int o = 0; o < old.size(); o++) {
        if (old.get(o).input() == inputs[slot.input()] && old.get(o).key().equals(slot.key())) {
          places[i] = o;
        }
      }
    }
    return places;
  }

  /** A timeline of the new plan; the old one is not to be used any more. */
  public Timeline migrate(Timeline old) {
    Timeline timeline = new Timeline(to);
    addTo(timeline, old);
    return timeline;
  }

  /**
   * Adds what a timeline keeps to one of the new plan that has nothing of the same features: the
   * old one is not to be used any more.
   */
  public void addTo(Timeline timeline, Timeline old) {
    for (int s = 0; s < sources.length; s++) {
      if (sources[s] != null) {
        add(sources[s], timeline.sources[s], old.sources[sources[s].from]);
        addPending(sources[s], s, timeline, old);
      }
    }
  }

  /**
   * What an event contributes by the new plan.
   *
   * @param source its place in the new plan
   * @param values by the old plan
   * @return null if the event contributes nothing
   */
  public Object[] values(int source, Object[] values) {
    if (sources[source] == null) {
      return null;
    }
    Object[] now = sources[source].values(values);
    return isEmpty(now) ? null : now;
  }

  private static void addPending(
      SourceMigration migration, int source, Timeline timeline, Timeline old) {
    for (int i = 0; i < old.pending.size(); i++) {
      Event event = old.pending.get(i);
      if (event.source() != migration.from) {
        continue;
      }
      Object[] values = migration.values(event.values());
      if (isEmpty(values)) {
        continue;
      }
      Event now = new Event(source, event.knownAt(), event.moment(), values);
      Event there = timeline.pending.find(now);
      if (there == null) {
        timeline.add(now);
      } else {
        for (int v = 0; v < values.length; v++) {
          there.values()[v] = values[v] == null ? there.values()[v] : values[v];
        }
      }
    }
  }

  private static void add(SourceMigration migration, SourceState now, SourceState old) {
    for (int g = 0; g < now.grids.length; g++) {
      GroupMigration grid = migration.grids[g];
      if (grid.from != NONE) {
        addTiles(grid, now.grids[g].tiles, old.grids[grid.from].tiles);
      }
    }
    for (int g = 0; g < now.sessions.length; g++) {
      GroupMigration group = migration.sessions[g];
      if (group.from != NONE) {
        for (Sessions.Session session : old.sessions[group.from].sessions) {
          now.sessions[g].sessions.add(
              new Sessions.Session(session.first, session.last, pick(session.slots, group.slots)));
        }
      }
    }
    put(pick(old.lifetime, migration.lifetime), now.lifetime);
  }

  private static void addTiles(GroupMigration grid, Tiles now, Tiles old) {
    for (int i = 0; i < old.size(); i++) {
      Object[] slots = pick(old.slots(i), grid.slots);
      if (!isEmpty(slots)) {
        put(slots, now.at(old.number(i), slots.length));
      }
    }
  }

  private static void put(Object[] those, Object[] into) {
    for (int i = 0; i < those.length; i++) {
      into[i] = those[i] == null ? into[i] : those[i];
    }
  }

  private static Object[] pick(Object[] old, int[] places) {
    Object[] picked = new Object[places.length];
    for (int i = 0; i < places.length; i++) {
      picked[i] = places[i] == NONE ? null : old[places[i]];
    }
    return picked;
  }

  private static boolean isEmpty(Object[] values) {
    return Arrays.stream(values).allMatch(value -> value == null);
  }
}
