package io.plumbline.jobs.feature;

import io.plumbline.timeline.Event;
import io.plumbline.timeline.TimelineCodec;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.flink.core.memory.DataInputDeserializer;

/**
 * The signals of one bucket by key, for a batch run: a hash table over the keys' bytes as they lie
 * in the parcels, because millions of keys are looked up and few are new.
 */
final class BucketKeys {
  private static final Comparator<Event> BY_KNOWLEDGE =
      (a, b) -> Long.compare(a.knownAt(), b.knownAt());

  /** Events come nearly sorted; where they do not, an insertion sort would never end. */
  private static final long MOVES_PER_EVENT = 16;

  /** What came for one key. */
  private static final class Key {
    final byte[] bytes;
    final int hash;
    final List<Question> questions = new ArrayList<>(2);
    Event[] events = new Event[8];
    int count;

    Key(byte[] bytes, int hash) {
      this.bytes = bytes;
      this.hash = hash;
    }

    void add(Event event) {
      if (count == events.length) {
        events = Arrays.copyOf(events, count * 2);
      }
      events[count++] = event;
    }

    /** The events in the order in which they became known. */
    List<Event> sortedEvents() {
      long moves = MOVES_PER_EVENT * count;
      for (int i = 1; i < count; i++) {
        Event event = events[i];
        int at = i;
        while (at > 0 && moves > 0 && events[at - 1].knownAt() > event.knownAt()) {
          events[at] = events[at - 1];
          at--;
          moves--;
        }
        events[at] = event;
      }
      if (moves == 0) {
        Arrays.sort(events, 0, count, BY_KNOWLEDGE);
      }
      return Arrays.asList(events).subList(0, count);
    }
  }

  private final TimelineCodec timelines;
  private Key[] table = new Key[64];
  private final List<Key> keys = new ArrayList<>();

  BucketKeys(TimelinePlan plan) {
    this.timelines = new TimelineCodec(plan);
  }

  /** Takes the signals of a parcel, as {@link Codecs#signals} writes them. */
  void add(byte[] parcel) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(parcel);
    while (in.available() > 0) {
      int length = Codecs.readLength(in);
      int from = in.getPosition();
      in.skipBytesToRead(length);
      Key key = key(parcel, from, from + length);
      if (Codecs.readKind(in) == Signal.Kind.EVENT) {
        key.add(timelines.readEvent(in));
      } else {
        key.questions.add(Codecs.readQuestion(in));
      }
    }
  }

  private Key key(byte[] parcel, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + parcel[i];
    }
    hash ^= hash >>> 15;
    int slot = hash & (table.length - 1);
    for (Key key = table[slot]; key != null; key = table[slot]) {
      if (key.hash == hash && Arrays.equals(key.bytes, 0, key.bytes.length, parcel, from, to)) {
        return key;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    Key key = new Key(Arrays.copyOfRange(parcel, from, to), hash);
    table[slot] = key;
    keys.add(key);
    if (keys.size() * 2 > table.length) {
      grow();
    }
    return key;
  }

  private void grow() {
    table = new Key[table.length * 2];
    for (Key key : keys) {
      int slot = key.hash & (table.length - 1);
      while (table[slot] != null) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = key;
    }
  }

  /** Hands over, for each key, its events in the order in which they became known. */
  void forEachKey(BiConsumer<String, List<Event>> to) {
    for (Key key : keys) {
      to.accept(new String(key.bytes, StandardCharsets.UTF_8), key.sortedEvents());
    }
  }

  /**
   * Hands over, for each key that anything was asked about, its events in the order in which they
   * became known and its questions by time.
   */
  void forEachAsked(BiConsumer<List<Event>, List<Question>> to) {
    for (Key key : keys) {
      if (!key.questions.isEmpty()) {
        key.questions.sort(Comparator.naturalOrder());
        to.accept(key.sortedEvents(), key.questions);
      }
    }
  }
}
