package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;
import io.plumbline.aggregate.Varints;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * The state format of timelines, version {@value #VERSION}: what is pending, and each source's
 * tiles, sessions and lifetime accumulators in the order of the plan. Views are caches and are not
 * written. Equal timelines give equal bytes. docs/state-format.md describes it.
 */
public final class TimelineCodec {
  /** Version of the format that is written. */
  public static final int VERSION = 1;

  private final TimelinePlan plan;
  private final ValueCodec[] inputs;

  public TimelineCodec(TimelinePlan plan) {
    this.plan = plan;
    this.inputs = new ValueCodec[plan.sources().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = inputCodec(plan.sources().get(i));
    }
  }

  /** Codec of the values that an event of this source carries. */
  public static ValueCodec inputCodec(TimelinePlan.SourcePlan source) {
    return new ValueCodec(source.inputs().stream().map(TimelinePlan.Input::type).toList());
  }

  public void write(Timeline timeline, DataOutput out) throws IOException {
    Varints.write(timeline.pending.size(), out);
    for (int i = 0; i < timeline.pending.size(); i++) {
      writeEvent(timeline.pending.get(i), out);
    }
    for (SourceState source : timeline.sources) {
      for (int g = 0; g < source.grids.length; g++) {
        writeTiles(source.grids[g].tiles, source.plan.grids().get(g).slots(), out);
      }
      for (int s = 0; s < source.sessions.length; s++) {
        writeSessions(source.sessions[s], source.plan.sessions().get(s).slots(), out);
      }
      writeSlots(source.lifetime, source.plan.lifetime().slots(), out);
    }
  }

  /** Reads what {@link #write} wrote with the same plan. */
  public Timeline read(DataInput in) throws IOException {
    Timeline timeline = new Timeline(plan);
    for (long n = Varints.read(in); n > 0; n--) {
      timeline.add(readEvent(in));
    }
    for (SourceState source : timeline.sources) {
      for (int g = 0; g < source.grids.length; g++) {
        readTiles(source.grids[g].tiles, source.plan.grids().get(g).slots(), in);
      }
      for (int s = 0; s < source.sessions.length; s++) {
        readSessions(source.sessions[s], source.plan.sessions().get(s).slots(), in);
      }
      readSlots(source.lifetime, source.plan.lifetime().slots(), in);
    }
    return timeline;
  }

  /** Writes an event, its source by place in the plan. */
  public void writeEvent(Event event, DataOutput out) throws IOException {
    Moment moment = event.moment();
    Varints.write(event.source(), out);
    out.writeLong(moment.ingestedAt());
    Varints.write(moment.ingestedAt() - moment.eventTime(), out);
    Varints.writeSigned(moment.partition(), out);
    out.writeLong(moment.offset());
    inputs[event.source()].write(event.values(), out);
  }

  /** Reads what {@link #writeEvent} wrote. */
  public Event readEvent(DataInput in) throws IOException {
    int source = (int) Varints.read(in);
    long ingestedAt = in.readLong();
    long eventTime = ingestedAt - Varints.read(in);
    int partition = (int) Varints.readSigned(in);
    Moment moment = new Moment(eventTime, ingestedAt, partition, in.readLong());
    long knownAt = plan.knowledge().knownAt(eventTime, ingestedAt);
    return new Event(source, knownAt, moment, inputs[source].read(in));
  }

  private static void writeTiles(Tiles tiles, List<TimelinePlan.Slot> slots, DataOutput out)
      throws IOException {
    Varints.write(tiles.size(), out);
    long before = 0;
    for (int i = 0; i < tiles.size(); i++) {
      Varints.writeSigned(tiles.number(i) - before, out);
      before = tiles.number(i);
      writeSlots(tiles.slots(i), slots, out);
    }
  }

  private static void readTiles(Tiles tiles, List<TimelinePlan.Slot> slots, DataInput in)
      throws IOException {
    long number = 0;
    for (long n = Varints.read(in); n > 0; n--) {
      number += Varints.readSigned(in);
      Object[] accumulators = new Object[slots.size()];
      readSlots(accumulators, slots, in);
      tiles.append(number, accumulators);
    }
  }

  private static void writeSessions(Sessions group, List<TimelinePlan.Slot> slots, DataOutput out)
      throws IOException {
    Varints.write(group.sessions.size(), out);
    for (Sessions.Session session : group.sessions) {
      out.writeLong(session.first);
      out.writeLong(session.last);
      writeSlots(session.slots, slots, out);
    }
  }

  private static void readSessions(Sessions group, List<TimelinePlan.Slot> slots, DataInput in)
      throws IOException {
    for (long n = Varints.read(in); n > 0; n--) {
      Sessions.Session session =
          new Sessions.Session(in.readLong(), in.readLong(), new Object[slots.size()]);
      readSlots(session.slots, slots, in);
      group.sessions.add(session);
    }
  }

  private static void writeSlots(
      Object[] accumulators, List<TimelinePlan.Slot> slots, DataOutput out) throws IOException {
    ValueCodec.writePresence(accumulators, out);
    for (int i = 0; i < accumulators.length; i++) {
      if (accumulators[i] != null) {
        slots.get(i).algebra().write(accumulators[i], out);
      }
    }
  }

  private static void readSlots(Object[] into, List<TimelinePlan.Slot> slots, DataInput in)
      throws IOException {
    byte[] presence = ValueCodec.readPresence(into.length, in);
    for (int i = 0; i < into.length; i++) {
      if (ValueCodec.isPresent(presence, i)) {
        into[i] = slots.get(i).algebra().read(in);
      }
    }
  }
}
