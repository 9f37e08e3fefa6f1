package io.plumbline.jobs.feature;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.TimelineCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What a savepoint remembers of a serializer: the whole feature set, so that the state can be read
 * years later without the definitions that wrote it.
 */
public final class FlowSerializerSnapshot<T> implements TypeSerializerSnapshot<T> {
  private FlowSerializer<T> serializer;
  private int stateVersion = TimelineCodec.VERSION;

  /** For Flink, which makes an empty one and reads into it. */
  public FlowSerializerSnapshot() {}

  FlowSerializerSnapshot(FlowSerializer<T> serializer) {
    this.serializer = serializer;
  }

  @Override
  public int getCurrentVersion() {
    return 2;
  }

  @Override
  public void writeSnapshot(DataOutputView out) throws IOException {
    out.writeInt(stateVersion);
    out.writeUTF(serializer.kind().name());
    out.writeUTF(serializer.of());
    FeatureSet set = serializer.set();
    out.writeUTF(set.knowledge().name());
    out.writeInt(set.featureIds().size());
    for (String id : set.featureIds()) {
      out.writeUTF(id);
    }
    out.writeInt(set.bundle().files().size());
    for (Map.Entry<String, String> file : set.bundle().files().entrySet()) {
      Codecs.writeText(file.getKey(), out);
      Codecs.writeText(file.getValue(), out);
    }
    out.writeInt(set.cohorts().size());
    for (Map.Entry<String, Integer> cohort : set.cohorts().entrySet()) {
      out.writeUTF(cohort.getKey());
      out.writeInt(cohort.getValue());
    }
  }

  @Override
  public void readSnapshot(int version, DataInputView in, ClassLoader loader) throws IOException {
    if (version != 1 && version != 2) {
      throw new IOException("state was written by a newer version: snapshot format " + version);
    }
    stateVersion = in.readInt();
    if (stateVersion != TimelineCodec.VERSION) {
      throw new IOException(
          "state format "
              + stateVersion
              + " is unknown to this version, which reads "
              + TimelineCodec.VERSION);
    }
    Flow kind = Flow.valueOf(in.readUTF());
    String of = in.readUTF();
    Knowledge knowledge = Knowledge.valueOf(in.readUTF());
    List<String> featureIds = new ArrayList<>();
    for (int n = in.readInt(); n > 0; n--) {
      featureIds.add(in.readUTF());
    }
    TreeMap<String, String> files = new TreeMap<>();
    for (int n = in.readInt(); n > 0; n--) {
      files.put(Codecs.readText(in), Codecs.readText(in));
    }
    Map<String, Integer> cohorts = new TreeMap<>();
    for (int n = version == 1 ? 0 : in.readInt(); n > 0; n--) {
      cohorts.put(in.readUTF(), in.readInt());
    }
    FeatureSet set = new FeatureSet(new DefinitionBundle(files), featureIds, knowledge, cohorts);
    serializer = new FlowSerializer<>(set, kind, of);
  }

  /** Whether the state is that of an entity's keys: all features are in it. */
  public boolean isOfTimelines() {
    return serializer.kind() == Flow.KEY_BUCKET;
  }

  /** The feature set under which the state was written. */
  public FeatureSet set() {
    return serializer.set();
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return serializer;
  }

  /**
   * State of other features is carried over: what both sets have stays as it is.
   *
   * @throws OtherDefinitions if a feature means something else than when the state was written:
   *     Flink would try an incompatible serializer again and again
   */
  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (!(old instanceof FlowSerializerSnapshot<T> written)
        || written.serializer.kind() != serializer.kind()
        || !written.serializer.of().equals(serializer.of())) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    if (written.serializer.layout().equals(serializer.layout())) {
      return TypeSerializerSchemaCompatibility.compatibleAsIs();
    }
    if (isOfTimelines()) {
      OtherDefinitions.check(written.serializer.set(), serializer.set());
    }
    return TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
