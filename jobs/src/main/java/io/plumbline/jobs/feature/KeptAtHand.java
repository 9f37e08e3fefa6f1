package io.plumbline.jobs.feature;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * The keyed state of one subtask, an object for each key. Where Flink keeps state as bytes, the
 * objects used last are kept at hand as they are: a busy key is read once, and written once for
 * many records. What waits to be written is bounded, so that a checkpoint finds little to do; all
 * of it is to be written before Flink takes a snapshot.
 *
 * <p>The state backend's current key is that of the object in use, as for any keyed state.
 *
 * @param <T> what is kept for a key
 */
public final class KeptAtHand<T extends KeptAtHand.Kept> implements AutoCloseable {
  /** What is kept for a key. */
  public abstract static class Kept {
    /** Bytes in state when last read or written. */
    transient int bytes;

    /** Whether state holds this very object. */
    transient boolean inState;

    /** What this was last thought to take of the heap, bytes. */
    transient long footprint;

    /** Whether there is nothing to keep. */
    public abstract boolean isEmpty();

    /** About what this takes of the heap, bytes. */
    public abstract long weigh();
  }

  /** Counter: objects read from state. */
  public static final String READS = "stateReads";

  /** Counter: objects written to state. */
  public static final String WRITES = "stateWrites";

  /** Gauge: objects at hand. */
  public static final String AT_HAND = "keysAtHand";

  private static final Set<String> STATE_AS_BYTES =
      Set.of(
          StateBackendLoader.ROCKSDB_STATE_BACKEND_NAME,
          StateBackendLoader.FORST_STATE_BACKEND_NAME);

  /** What objects at hand may take of the heap, in one JVM. */
  private static final double SHARE_OF_HEAP = 0.25;

  /** Subtasks in this JVM that share what objects may take. */
  private static final AtomicInteger SHARERS = new AtomicInteger();

  private final KeyedStateBackend<Long> backend;
  private final String name;
  private final Supplier<T> empty;
  private final int mostUnwritten;
  private final ValueState<T> state;
  private final Codecs.Codec<T> codec;

  /** False where state is objects itself, which must be asked for at each use. */
  private final boolean keepsAtHand;

  private final Map<Long, T> atHand = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<Long, T> unwritten = new LinkedHashMap<>();
  private final Counter reads = new SimpleCounter();
  private final Counter writes = new SimpleCounter();
  private long footprint;

  /**
   * @param name of the state
   * @param type of what is kept
   * @param empty makes what is kept for a new key
   * @param mostUnwritten how many objects may wait to be written, which a checkpoint waits for
   */
  public KeptAtHand(
      KeyedStateBackend<Long> backend,
      RuntimeContext context,
      String name,
      FlowType<T> type,
      Supplier<T> empty,
      int mostUnwritten) {
    this.backend = backend;
    this.name = name;
    this.empty = empty;
    this.mostUnwritten = mostUnwritten;
    this.codec = type.codec();
    this.state = context.getState(new ValueStateDescriptor<>(name, type.serializer()));
    this.keepsAtHand = STATE_AS_BYTES.contains(backend.getBackendTypeIdentifier());
    SHARERS.incrementAndGet();
  }

  /** Tells operators how often state is read and written, and what is at hand. */
  public void register(MetricGroup group) {
    group.counter(READS, reads);
    group.counter(WRITES, writes);
    group.gauge(AT_HAND, atHand::size);
  }

  /** The current key. */
  public long key() {
    return backend.getCurrentKey();
  }

  /** The current key's object; empty if nothing is kept of it. */
  public T current() throws Exception {
    if (!keepsAtHand) {
      T stored = state.value();
      if (stored == null) {
        return empty.get();
      }
      // What was restored may be of other definitions.
      T object = codec.adopt(stored);
      object.inState = object == stored;
      return object;
    }
    Long key = backend.getCurrentKey();
    T object = atHand.get(key);
    if (object == null) {
      reads.inc();
      object = state.value();
      if (object == null) {
        object = empty.get();
      }
      atHand.put(key, object);
      weigh(object);
      makeRoom(key);
    }
    return object;
  }

  /** The keys of all objects. */
  public ArrayDeque<Long> all() throws Exception {
    flush();
    ArrayDeque<Long> keys = new ArrayDeque<>();
    try (Stream<Long> stream = backend.getKeys(name, VoidNamespace.INSTANCE)) {
      stream.forEach(keys::add);
    }
    return keys;
  }

  /** The object of a key, to be looked at only; null if nothing is kept of it. */
  public T look(Long key) throws Exception {
    backend.setCurrentKey(key);
    T object = atHand.get(key);
    T stored = object == null ? state.value() : object;
    return stored == null ? null : codec.adopt(stored);
  }

  /** Keeps the current key's object, which has changed; an empty one leaves nothing. */
  public void keep(T object) throws Exception {
    if (!keepsAtHand) {
      // What the state gave may be changed as it is: the state made a copy if it needs one.
      if (!object.inState || object.isEmpty()) {
        store(object);
      }
      return;
    }
    Long key = backend.getCurrentKey();
    weigh(object);
    unwritten.putIfAbsent(key, object);
    if (unwritten.size() > mostUnwritten) {
      Map.Entry<Long, T> oldest = unwritten.entrySet().iterator().next();
      write(oldest.getKey(), oldest.getValue());
      unwritten.remove(oldest.getKey());
      backend.setCurrentKey(key);
    }
    makeRoom(key);
  }

  /**
   * Writes what has waited longest, as long as it is ready: what will hardly change any more need
   * not wait for a snapshot, which events wait for.
   *
   * @param most how many objects to write
   */
  public void writeOldest(Predicate<T> isReady, int most) throws Exception {
    Long current = backend.getCurrentKey();
    Iterator<Map.Entry<Long, T>> entries = unwritten.entrySet().iterator();
    boolean moved = false;
    for (int left = most; left > 0 && entries.hasNext(); left--) {
      Map.Entry<Long, T> oldest = entries.next();
      if (!isReady.test(oldest.getValue())) {
        break;
      }
      write(oldest.getKey(), oldest.getValue());
      entries.remove();
      moved = true;
    }
    if (moved) {
      backend.setCurrentKey(current);
    }
  }

  /** Writes everything that waits: before a snapshot. */
  public void flush() throws Exception {
    flush(object -> {});
  }

  /**
   * Writes everything that waits: before a snapshot.
   *
   * @param prepare called with each object before it is written
   */
  public void flush(Consumer<T> prepare) throws Exception {
    if (unwritten.isEmpty()) {
      return;
    }
    Long current = backend.getCurrentKey();
    for (Map.Entry<Long, T> entry : unwritten.entrySet()) {
      prepare.accept(entry.getValue());
      write(entry.getKey(), entry.getValue());
    }
    unwritten.clear();
    if (current != null) {
      backend.setCurrentKey(current);
    }
  }

  private void write(Long key, T object) throws Exception {
    backend.setCurrentKey(key);
    store(object);
    if (object.isEmpty() && atHand.remove(key) != null) {
      footprint -= object.footprint;
    }
  }

  private void store(T object) throws Exception {
    writes.inc();
    if (object.isEmpty()) {
      state.clear();
    } else {
      state.update(object);
    }
  }

  private void weigh(T object) {
    long now = object.weigh();
    footprint += now - object.footprint;
    object.footprint = now;
  }

  /** Puts away the objects that were not used for longest, but never the one in use. */
  private void makeRoom(Long inUse) throws Exception {
    long most = (long) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP / SHARERS.get());
    if (footprint <= most) {
      return;
    }
    Iterator<Map.Entry<Long, T>> entries = atHand.entrySet().iterator();
    while (footprint > most && atHand.size() > 1) {
      Map.Entry<Long, T> oldest = entries.next();
      entries.remove();
      footprint -= oldest.getValue().footprint;
      if (unwritten.remove(oldest.getKey()) != null) {
        backend.setCurrentKey(oldest.getKey());
        store(oldest.getValue());
      }
    }
    backend.setCurrentKey(inUse);
  }

  @Override
  public void close() {
    SHARERS.decrementAndGet();
  }
}
