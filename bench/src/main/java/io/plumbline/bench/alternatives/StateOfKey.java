package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Moment;
import io.plumbline.bench.windows.FeatureText;
import io.plumbline.timeline.Event;
import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** One key's state with all tiles of an hour, to be written and read in some format. */
public final class StateOfKey<T> {
  /** The formats. */
  public enum Format {
    TIMELINE("Plumbline"),
    POJO("Flink's POJO serializer"),
    KRYO("Kryo, as Flink sets it up"),
    JAVA("Java serialization");

    final String label;

    Format(String label) {
      this.label = label;
    }
  }

  private static final int EVENTS_PER_TILE = 10;
  private static final long START_MS = 1_767_225_600_000L;
  private static final long EVERY_MS = KeyTiles.GRID.slideMs() / EVENTS_PER_TILE;
  private static final int EVENTS = KeyTiles.TILES * EVENTS_PER_TILE;
  private static final long LAST_MS = START_MS + (EVENTS - 1) * EVERY_MS;

  private final StateFormat<T> format;
  private final T state;
  private final Function<T, Object[]> values;
  private final DataOutputSerializer out = new DataOutputSerializer(1 << 14);
  private final DataInputDeserializer in = new DataInputDeserializer();
  private final byte[] written;

  private StateOfKey(StateFormat<T> format, T state, Function<T, Object[]> values)
      throws IOException {
    this.format = format;
    this.state = state;
    this.values = values;
    write();
    this.written = out.getCopyOfBuffer();
  }

  static StateOfKey<?> in(Format format) throws IOException {
    return switch (format) {
      case TIMELINE -> {
        TimelinePlan plan = plan();
        yield new StateOfKey<>(
            StateFormat.timeline(plan), timeline(plan), timeline -> timeline.latest(LAST_MS));
      }
      case POJO -> new StateOfKey<>(StateFormat.pojo(), pojo(), PojoTiles::values);
      case KRYO -> new StateOfKey<>(StateFormat.kryo(), pojo(), PojoTiles::values);
      case JAVA -> new StateOfKey<>(StateFormat.java(), pojo(), PojoTiles::values);
    };
  }

  private static TimelinePlan plan() {
    return new FeatureText(Duration.ZERO)
        .three("{sliding: 1h, every: 1m}", "live")
        .set()
        .plans()
        .entities()
        .get(0);
  }

  private static Timeline timeline(TimelinePlan plan) {
    Timeline timeline = new Timeline(plan);
    Double[] amounts = Amounts.prepared();
    Object[] values = new Object[plan.sources().get(0).inputs().size()];
    for (int n = 0; n < EVENTS; n++) {
      long time = START_MS + n * EVERY_MS;
      for (int i = 0; i < values.length; i++) {
        values[i] = plan.sources().get(0).inputs().get(i).type().isEmpty() ? true : amounts[n];
      }
      timeline.add(new Event(0, time, new Moment(time, time, 0, n), values.clone()));
    }
    timeline.settle(LAST_MS);
    return timeline;
  }

  private static PojoTiles pojo() {
    PojoTiles state = new PojoTiles();
    Double[] amounts = Amounts.prepared();
    for (int i = 0; i < KeyTiles.TILES; i++) {
      PojoTiles.Tile tile = new PojoTiles.Tile();
      tile.number = KeyTiles.GRID.tileOf(START_MS) + i;
      for (int n = 0; n < EVENTS_PER_TILE; n++) {
        tile.add(amounts[i * EVENTS_PER_TILE + n]);
      }
      state.tiles.add(tile);
    }
    return state;
  }

  /** Writes the state; gives how many bytes that took. */
  int write() throws IOException {
    out.clear();
    format.write(state, out);
    return out.length();
  }

  /** Reads what was written first. */
  T read() throws IOException {
    in.setBuffer(written);
    return format.read(in);
  }

  /** What the features are by what is read. */
  Object[] valuesRead() throws IOException {
    return values.apply(read());
  }

  /** What the features are by what was written. */
  Object[] valuesWritten() {
    return values.apply(state);
  }
}
