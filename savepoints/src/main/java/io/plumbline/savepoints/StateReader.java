package io.plumbline.savepoints;

import io.plumbline.jobs.stream.StateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobInfoImpl;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.functions.util.RuntimeUDFContext;
import org.apache.flink.api.common.io.RichInputFormat;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.io.InputSplit;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonOptionsKeys;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.api.input.KeyedStateInputFormat;
import org.apache.flink.state.api.input.ListStateInputFormat;
import org.apache.flink.state.api.input.UnionStateInputFormat;
import org.apache.flink.state.api.input.operator.KeyedStateReaderOperator;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.util.Collector;

/**
 * Reads one operator's state in this process, a part after another: no cluster is started. A part
 * is a range of key groups, and no more than a part's keys are in memory at a time.
 */
final class StateReader {
  private static final ClassLoader LOADER = StateReader.class.getClassLoader();

  /** Objects take some ten times as much memory. */
  private static final long PART_BYTES = 32L << 20;

  private final OperatorState operator;
  private final Path temporary;

  /**
   * @param temporary folder for RocksDB's files while they are read
   */
  StateReader(OperatorState operator, Path temporary) {
    this.operator = operator;
    this.temporary = temporary;
  }

  /** What is known of keyed state, by its name; empty if the operator keeps none. */
  Map<String, StateMetaInfoSnapshot> keyedStates() throws IOException {
    Map<String, StateMetaInfoSnapshot> states = new LinkedHashMap<>();
    for (KeyedStateHandle handle : keyedHandles()) {
      for (StateMetaInfoSnapshot state : StateFiles.keyedStates(handle)) {
        states.putIfAbsent(state.getName(), state);
      }
    }
    return states;
  }

  private List<KeyedStateHandle> keyedHandles() {
    List<KeyedStateHandle> handles = new ArrayList<>();
    for (OperatorSubtaskState subtask : operator.getStates()) {
      handles.addAll(subtask.getManagedKeyedState());
    }
    return handles;
  }

  /**
   * Into how many parts state is best cut: so that one fits into memory. RocksDB's own files are
   * fetched whole for each part that they reach into, so there it is one for each subtask.
   */
  int parts() {
    if (isOfRocksDb()) {
      return operator.getParallelism();
    }
    long parts = 1 + operator.getStateSize() / PART_BYTES;
    return (int) Math.min(parts, operator.getMaxParallelism());
  }

  /** The part that holds a key, of so many. */
  int partOf(long key, int parts) {
    int most = operator.getMaxParallelism();
    int group = KeyGroupRangeAssignment.assignToKeyGroup(key, most);
    return KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup(most, parts, group);
  }

  int maxParallelism() {
    return operator.getMaxParallelism();
  }

  private boolean isOfRocksDb() {
    return keyedHandles().stream().anyMatch(IncrementalRemoteKeyedStateHandle.class::isInstance);
  }

  private StateBackend backend() {
    if (!isOfRocksDb()) {
      return new HashMapStateBackend();
    }
    EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
    backend.setDbStoragePath(temporary.toString());
    return backend;
  }

  /** Gives the value of each key of a part. */
  <V> void forEachValue(
      String state, TypeSerializer<V> serializer, int part, int parts, BiConsumer<Long, V> to)
      throws IOException {
    forEach(new Values<>(state, serializer), part, parts, entry -> to.accept(entry.f0, entry.f1));
  }

  private <T> void forEach(
      KeyedStateReaderFunction<Long, T> function, int part, int parts, Consumer<T> to)
      throws IOException {
    KeyedStateReaderOperator<Long, T> reader = new KeyedStateReaderOperator<>(function, Types.LONG);
    KeyedStateInputFormat<Long, ?, T> format =
        new KeyedStateInputFormat<>(
            operator, backend(), configuration(), reader, new ExecutionConfig());
    format.setRuntimeContext(context(parts));
    drain(format, format.createInputSplits(parts)[part], to);
  }

  /** How many keys Flink tells apart; empty if state is not by key. */
  OptionalLong keys() throws IOException {
    for (StateMetaInfoSnapshot state : keyedStates().values()) {
      if (state.getBackendStateType() == StateMetaInfoSnapshot.BackendStateType.KEY_VALUE) {
        return OptionalLong.of(keys(state));
      }
    }
    return OptionalLong.empty();
  }

  private long keys(StateMetaInfoSnapshot state) throws IOException {
    boolean isList = "LIST".equals(state.getOption(CommonOptionsKeys.KEYED_STATE_TYPE));
    Object serializer =
        state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER).restoreSerializer();
    StateDescriptor<?, ?> descriptor =
        isList
            ? new ListStateDescriptor<>(
                state.getName(), ((ListSerializer<?>) serializer).getElementSerializer())
            : new ValueStateDescriptor<>(state.getName(), (TypeSerializer<?>) serializer);
    long[] keys = new long[1];
    int parts = parts();
    for (int part = 0; part < parts; part++) {
      forEach(new Keys(descriptor), part, parts, key -> keys[0]++);
    }
    return keys[0];
  }

  /** Every subtask's elements of an operator list. */
  <T> List<T> list(String state, TypeSerializer<T> serializer) throws IOException {
    return all(
        new ListStateInputFormat<>(
            operator,
            configuration(),
            new HashMapStateBackend(),
            new ListStateDescriptor<>(state, serializer),
            new ExecutionConfig()));
  }

  /** Every subtask's elements of an operator list of which each subtask gets all. */
  <T> List<T> union(String state, TypeSerializer<T> serializer) throws IOException {
    return all(
        new UnionStateInputFormat<>(
            operator,
            configuration(),
            new HashMapStateBackend(),
            new ListStateDescriptor<>(state, serializer),
            new ExecutionConfig()));
  }

  private <T, S extends InputSplit> List<T> all(RichInputFormat<T, S> format) throws IOException {
    List<T> all = new ArrayList<>();
    format.setRuntimeContext(context(operator.getParallelism()));
    for (S split : format.createInputSplits(operator.getParallelism())) {
      drain(format, split, all::add);
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static <T, S extends InputSplit> void drain(
      RichInputFormat<T, S> format, InputSplit split, Consumer<T> to) throws IOException {
    format.openInputFormat();
    try {
      format.open((S) split);
      while (!format.reachedEnd()) {
        T next = format.nextRecord(null);
        if (next != null) {
          to.accept(next);
        }
      }
    } finally {
      format.close();
      format.closeInputFormat();
    }
  }

  private Configuration configuration() {
    return new Configuration().set(CoreOptions.TMP_DIRS, temporary.toString());
  }

  private RuntimeContext context(int parts) {
    return new RuntimeUDFContext(
        new JobInfoImpl(new JobID(), "savepoint"),
        new TaskInfoImpl("savepoint", operator.getMaxParallelism(), 0, parts, 0),
        LOADER,
        new ExecutionConfig(),
        Map.of(),
        Map.of(),
        UnregisteredMetricsGroup.createOperatorMetricGroup());
  }

  private static final class Values<V> extends KeyedStateReaderFunction<Long, Tuple2<Long, V>> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final TypeSerializer<V> serializer;
    private transient ValueState<V> state;

    Values(String name, TypeSerializer<V> serializer) {
      this.name = name;
      this.serializer = serializer;
    }

    @Override
    public void open(OpenContext context) {
      state = getRuntimeContext().getState(new ValueStateDescriptor<>(name, serializer));
    }

    @Override
    public void readKey(Long key, Context context, Collector<Tuple2<Long, V>> out)
        throws Exception {
      out.collect(Tuple2.of(key, state.value()));
    }
  }

  private static final class Keys extends KeyedStateReaderFunction<Long, Long> {
    private static final long serialVersionUID = 1L;

    private final StateDescriptor<?, ?> descriptor;

    Keys(StateDescriptor<?, ?> descriptor) {
      this.descriptor = descriptor;
    }

    @Override
    public void open(OpenContext context) {
      if (descriptor instanceof ListStateDescriptor<?> list) {
        getRuntimeContext().getListState(list);
      } else {
        getRuntimeContext().getState((ValueStateDescriptor<?>) descriptor);
      }
    }

    @Override
    public void readKey(Long key, Context context, Collector<Long> out) {
      out.collect(key);
    }
  }
}
