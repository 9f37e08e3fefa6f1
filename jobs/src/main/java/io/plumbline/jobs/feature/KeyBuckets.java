package io.plumbline.jobs.feature;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
 * The buckets of one subtask. Where Flink keeps state as bytes, those used last are kept at hand as
 * objects, with their views: a busy key is read once, and written once for many events. What waits
 * to be written is bounded, so that a checkpoint finds little to do; all of it is written before
 * Flink takes a snapshot.
 *
 * <p>The state backend's current key is that of the bucket in use, as for any keyed state.
 */
final class KeyBuckets implements AutoCloseable {
  private static final String NAME = "timelines";

  /** Counter: buckets read from state. */
  static final String READS = "stateReads";

  /** Counter: buckets written to state. */
  static final String WRITES = "stateWrites";

  /** Gauge: buckets at hand. */
  static final String AT_HAND = "keysAtHand";

  private static final Set<String> STATE_AS_BYTES =
      Set.of(
          StateBackendLoader.ROCKSDB_STATE_BACKEND_NAME,
          StateBackendLoader.FORST_STATE_BACKEND_NAME);

  /** What buckets at hand may take of the heap, in one JVM. */
  private static final double SHARE_OF_HEAP = 0.25;

  /** How many buckets may wait to be written: some ten milliseconds of work at a checkpoint. */
  private static final int MOST_UNWRITTEN = 4096;

  /** Subtasks in this JVM that share what buckets may take. */
  private static final AtomicInteger SHARERS = new AtomicInteger();

  private final KeyedStateBackend<Long> backend;
  private final ValueState<KeyBucket> state;

  /** False where state is objects itself, which must be asked for at each use. */
  private final boolean keepsAtHand;

  private final Map<Long, KeyBucket> atHand = new LinkedHashMap<>(1024, 0.75f, true);
  private final Map<Long, KeyBucket> unwritten = new LinkedHashMap<>();
  private final Counter reads = new SimpleCounter();
  private final Counter writes = new SimpleCounter();
  private long footprint;

  /**
   * @param type of the buckets
   */
  KeyBuckets(KeyedStateBackend<Long> backend, RuntimeContext store, FlowType<KeyBucket> type) {
    this.backend = backend;
    this.state = store.getState(new ValueStateDescriptor<>(NAME, type.serializer()));
    this.keepsAtHand = STATE_AS_BYTES.contains(backend.getBackendTypeIdentifier());
    SHARERS.incrementAndGet();
  }

  void register(MetricGroup group) {
    group.counter(READS, reads);
    group.counter(WRITES, writes);
    group.gauge(AT_HAND, atHand::size);
  }

  /** The current key's bucket; empty if nothing is kept of it. */
  KeyBucket current() throws Exception {
    if (!keepsAtHand) {
      KeyBucket bucket = state.value();
      return bucket == null ? new KeyBucket() : bucket;
    }
    Long key = backend.getCurrentKey();
    KeyBucket bucket = atHand.get(key);
    if (bucket == null) {
      reads.inc();
      bucket = state.value();
      if (bucket == null) {
        bucket = new KeyBucket();
      }
      atHand.put(key, bucket);
      weigh(bucket);
      makeRoom(key);
    }
    return bucket;
  }

  /** The keys of all buckets. */
  ArrayDeque<Long> all() throws Exception {
    flush();
    ArrayDeque<Long> keys = new ArrayDeque<>();
    try (Stream<Long> stream = backend.getKeys(NAME, VoidNamespace.INSTANCE)) {
      stream.forEach(keys::add);
    }
    return keys;
  }

  /** The bucket of a key, to be looked at only; null if nothing is kept of it. */
  KeyBucket look(Long key) throws Exception {
    backend.setCurrentKey(key);
    KeyBucket bucket = atHand.get(key);
    return bucket == null ? state.value() : bucket;
  }

  /** Keeps the current key's bucket, which has changed; an empty one leaves nothing. */
  void keep(KeyBucket bucket) throws Exception {
    if (!keepsAtHand) {
      store(bucket);
      return;
    }
    Long key = backend.getCurrentKey();
    weigh(bucket);
    unwritten.putIfAbsent(key, bucket);
    if (unwritten.size() > MOST_UNWRITTEN) {
      Map.Entry<Long, KeyBucket> oldest = unwritten.entrySet().iterator().next();
      write(oldest.getKey(), oldest.getValue());
      unwritten.remove(oldest.getKey());
      backend.setCurrentKey(key);
    }
  }

  /** Writes everything that waits. */
  void flush() throws Exception {
    if (unwritten.isEmpty()) {
      return;
    }
    Long current = backend.getCurrentKey();
    for (Map.Entry<Long, KeyBucket> entry : unwritten.entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
    unwritten.clear();
    if (current != null) {
      backend.setCurrentKey(current);
    }
  }

  private void write(Long key, KeyBucket bucket) throws Exception {
    backend.setCurrentKey(key);
    store(bucket);
    if (bucket.keys.isEmpty() && atHand.remove(key) != null) {
      footprint -= bucket.footprint;
    }
  }

  private void store(KeyBucket bucket) throws Exception {
    writes.inc();
    if (bucket.keys.isEmpty()) {
      state.clear();
    } else {
      state.update(bucket);
    }
  }

  private void weigh(KeyBucket bucket) {
    long now = bucket.weigh();
    footprint += now - bucket.footprint;
    bucket.footprint = now;
  }

  /** Puts away the buckets that were not used for longest, but never the one in use. */
  private void makeRoom(Long inUse) throws Exception {
    long most = (long) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP / SHARERS.get());
    if (footprint <= most) {
      return;
    }
    Iterator<Map.Entry<Long, KeyBucket>> entries = atHand.entrySet().iterator();
    while (footprint > most && atHand.size() > 1) {
      Map.Entry<Long, KeyBucket> oldest = entries.next();
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
