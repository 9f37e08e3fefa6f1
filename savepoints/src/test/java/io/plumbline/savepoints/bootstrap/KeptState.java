package io.plumbline.savepoints.bootstrap;

import io.plumbline.aggregate.Varints;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.SeenIds;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelineCodec;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** What a savepoint keeps, as text that can be compared. */
final class KeptState {
  static final String PENDING = "pending";

  private static final TypeInformation<Tuple2<String, String>> TEXTS =
      Types.TUPLE(Types.STRING, Types.STRING);

  /** Flink's reader wants something of every key. */
  private static final String NOTHING = "";

  private final String savepoint;
  private final FeatureSet set;

  KeptState(String savepoint, Path definitions) {
    this.savepoint = savepoint;
    DefinitionBundle bundle = DefinitionBundle.read(definitions);
    List<String> ids = bundle.definitions().features().stream().map(Feature::id).toList();
    set = new FeatureSet(bundle, ids, Knowledge.AS_KNOWN);
  }

  /**
   * Each key's timeline, settled up to a time, where one is left; before it {@link #PENDING} and
   * {@code _as_of} if events are pending.
   */
  Map<String, String> timelines(String entity, long time) throws Exception {
    return read(Uids.timelines(entity), new Timelines(set, entity, time));
  }

  /** The ids of each group, all settled, where it is not forgotten at a time. */
  Map<String, String> ids(String source, long time) throws Exception {
    return read(Uids.duplicates(source), new Ids(set, source, time));
  }

  /** Knowledge times that an operator's subtasks keep. */
  @SuppressWarnings("try")
  List<Long> knowledgeTimes(String uid) throws Exception {
    try (CloseableIterator<Long> times =
        reader()
            .readUnionState(OperatorIdentifier.forUid(uid), "knowledge-time", Types.LONG)
            .executeAndCollect()) {
      List<Long> all = new ArrayList<>();
      times.forEachRemaining(all::add);
      return all;
    }
  }

  private SavepointReader reader() throws IOException {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    return SavepointReader.read(env, savepoint, new EmbeddedRocksDBStateBackend());
  }

  @SuppressWarnings("try")
  private Map<String, String> read(
      String uid, KeyedStateReaderFunction<Long, Tuple2<String, String>> function)
      throws Exception {
    Map<String, String> all = new TreeMap<>();
    try (CloseableIterator<Tuple2<String, String>> texts =
        reader()
            .readKeyedState(OperatorIdentifier.forUid(uid), function, Types.LONG, TEXTS)
            .executeAndCollect()) {
      texts.forEachRemaining(text -> all.put(text.f0, text.f1));
    }
    all.values().removeIf(NOTHING::equals);
    return all;
  }

  private static String hex(DataOutputSerializer bytes) {
    return HexFormat.of().formatHex(bytes.getCopyOfBuffer());
  }

  private static final class Timelines
      extends KeyedStateReaderFunction<Long, Tuple2<String, String>> {
    private static final long serialVersionUID = 1L;

    private final FeatureSet set;
    private final String entity;
    private final long time;
    private transient ValueState<KeyBucket> buckets;
    private transient TimelineCodec codec;

    Timelines(FeatureSet set, String entity, long time) {
      this.set = set;
      this.entity = entity;
      this.time = time;
    }

    @Override
    public void open(OpenContext context) {
      buckets =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>(
                      "timelines", FlowType.keyBuckets(set, entity).serializer()));
      TimelinePlan plan =
          set.plans().entities().stream()
              .filter(p -> p.entity().equals(entity))
              .findFirst()
              .orElseThrow();
      codec = new TimelineCodec(plan);
    }

    @Override
    public void readKey(Long hash, Context context, Collector<Tuple2<String, String>> out)
        throws Exception {
      for (KeyBucket.Contents of : buckets.value().contents()) {
        Timeline timeline = of.timeline();
        timeline.settle(time);
        DataOutputSerializer bytes = new DataOutputSerializer(256);
        if (!timeline.isEmpty()) {
          codec.write(timeline, bytes);
        }
        String pending = timeline.pending() > 0 ? PENDING + " as of " + of.asOf() + " " : "";
        out.collect(Tuple2.of(of.key(), pending + hex(bytes)));
      }
    }
  }

  private static final class Ids extends KeyedStateReaderFunction<Long, Tuple2<String, String>> {
    private static final long serialVersionUID = 1L;
    private static final long SLICE_MS = 5_000;

    private final FeatureSet set;
    private final String source;
    private final long time;
    private transient ValueState<SeenIds> seen;

    Ids(FeatureSet set, String source, long time) {
      this.set = set;
      this.source = source;
      this.time = time;
    }

    @Override
    public void open(OpenContext context) {
      seen =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>("seen", FlowType.seenIds(set, source).serializer()));
    }

    @Override
    public void readKey(Long group, Context context, Collector<Tuple2<String, String>> out)
        throws Exception {
      SeenIds ids = seen.value();
      ids.settle(time);
      DataOutputSerializer bytes = new DataOutputSerializer(256);
      FlowType.seenIds(set, source).serializer().serialize(ids, bytes);
      long lateness = set.plans().definitions().source(source).latenessMs();
      boolean forgotten =
          (Math.floorDiv(sentTime(bytes), SLICE_MS) + 1) * SLICE_MS + lateness <= time;
      out.collect(Tuple2.of(group.toString(), forgotten ? NOTHING : hex(bytes)));
    }

    /** Of the first id, which is settled, as are all. */
    private static long sentTime(DataOutputSerializer ids) throws IOException {
      DataInputDeserializer in = new DataInputDeserializer(ids.getCopyOfBuffer());
      Varints.read(in);
      if (in.readBoolean()) {
        throw new AssertionError("a first copy is not settled");
      }
      byte[] text = new byte[(int) Varints.read(in)];
      in.readFully(text);
      String id = new String(text, StandardCharsets.UTF_8);
      return Long.parseLong(id.substring(0, id.indexOf(':')));
    }
  }
}
