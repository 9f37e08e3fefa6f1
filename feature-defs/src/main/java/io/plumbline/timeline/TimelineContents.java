package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Finisher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a timeline holds, for people to look at.
 *
 * @param pending events that are not folded, in the order in which they become known
 * @param grids tiles of each source's window grids
 * @param sessions sessions of each source's session groups
 * @param lifetimes what each source's lifetime features hold; only where there is something
 */
public record TimelineContents(
    List<Event> pending, List<Grid> grids, List<SessionGroup> sessions, List<Lifetime> lifetimes) {

  /**
   * The tiles of a grid.
   *
   * @param slideMs length of a tile
   * @param offsetMs where tiles begin, after whole multiples of that since the epoch
   * @param features ids of the features that read them
   */
  public record Grid(
      String source, long slideMs, long offsetMs, List<String> features, List<Span> tiles) {}

  /**
   * Sessions of one gap and one input.
   *
   * @param features ids of the features that read them
   */
  public record SessionGroup(
      String source, long gapMs, List<String> features, List<Span> sessions) {}

  /**
   * Accumulators over all events.
   *
   * @param values by feature id, as of {@code time}
   */
  public record Lifetime(String source, Map<String, Object> values) {}

  /**
   * A stretch of time.
   *
   * @param from epoch ms
   * @param to epoch ms; the end of a tile, which it does not hold, or a session's last event
   * @param values by feature id: what the feature would be of this stretch alone
   */
  public record Span(long from, long to, Map<String, Object> values) {}

  /**
   * Looks into a timeline, and changes nothing.
   *
   * @param time as of which values that fade are shown, epoch ms, not before any event
   */
  public static TimelineContents of(Timeline timeline, long time) {
    List<Event> pending = new ArrayList<>();
    for (int i = 0; i < timeline.pending.size(); i++) {
      pending.add(timeline.pending.get(i));
    }
    TimelineContents contents =
        new TimelineContents(pending, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Look look = new Look(timeline.plan, time);
    for (SourceState source : timeline.sources) {
      look.at(source, contents);
    }
    return contents;
  }

  private record Look(TimelinePlan plan, long time) {
    void at(SourceState source, TimelineContents into) {
      String name = source.plan.source().name();
      for (int g = 0; g < source.grids.length; g++) {
        into.grids.add(grid(name, source.plan.grids().get(g), source.grids[g].tiles));
      }
      for (int s = 0; s < source.sessions.length; s++) {
        into.sessions.add(sessions(name, source.plan.sessions().get(s), source.sessions[s]));
      }
      Map<String, Object> values = new LinkedHashMap<>();
      TimelinePlan.LifetimePlan lifetime = source.plan.lifetime();
      for (TimelinePlan.Read read : lifetime.reads()) {
        put(
            values,
            read.feature(),
            read.finisher(),
            lifetime.slots(),
            read.from(),
            source.lifetime);
      }
      if (!values.isEmpty()) {
        into.lifetimes.add(new Lifetime(name, values));
      }
    }

    private Grid grid(String source, TimelinePlan.GridPlan grid, Tiles tiles) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < tiles.size(); i++) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (TimelinePlan.Read read : grid.reads()) {
          int slot = grid.views().get(read.from()).slot();
          put(values, read.feature(), read.finisher(), grid.slots(), slot, tiles.slots(i));
        }
        long number = tiles.number(i);
        spans.add(new Span(grid.grid().startOf(number), grid.grid().startOf(number + 1), values));
      }
      List<String> features = grid.reads().stream().map(r -> id(r.feature())).toList();
      return new Grid(source, grid.grid().slideMs(), grid.grid().offsetMs(), features, spans);
    }

    private SessionGroup sessions(String source, TimelinePlan.SessionPlan plan, Sessions group) {
      List<Span> spans = new ArrayList<>();
      for (Sessions.Session session : group.sessions) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (TimelinePlan.SessionRead read : plan.reads()) {
          put(values, read.feature(), read.finisher(), plan.slots(), read.slot(), session.slots);
        }
        spans.add(new Span(session.first, session.last, values));
      }
      List<String> features = plan.reads().stream().map(r -> id(r.feature())).toList();
      return new SessionGroup(source, plan.gapMs(), features, spans);
    }

    private void put(
        Map<String, Object> values,
        int feature,
        Finisher<Object> finisher,
        List<TimelinePlan.Slot> slots,
        int slot,
        Object[] accumulators) {
      Algebra<Object> algebra = slots.get(slot).algebra();
      Object accumulator = accumulators[slot];
      if (accumulator != null && !algebra.isEmpty(accumulator)) {
        values.put(id(feature), finisher.finish(accumulator, time));
      }
    }

    private String id(int feature) {
      return plan.features().get(feature).id();
    }
  }
}
