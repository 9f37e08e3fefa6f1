package io.plumbline.jobs.feature;

import io.plumbline.jobs.table.TrainingRow;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;

/**
 * Flink's description of what flows through a pipeline or is kept by it: which kind of object, for
 * which feature set.
 */
public final class FlowType<T> extends OpaqueType<T> {
  private final FeatureSet set;
  private final Flow kind;
  private final String of;

  private FlowType(FeatureSet set, Flow kind, String of) {
    this.set = set;
    this.kind = kind;
    this.of = of;
  }

  /** Signals to the timelines of an entity. */
  public static FlowType<Signal> signals(FeatureSet set, String entity) {
    return new FlowType<>(set, Flow.SIGNAL, entity);
  }

  /** State of an entity's keys. */
  public static FlowType<KeyBucket> keyBuckets(FeatureSet set, String entity) {
    return new FlowType<>(set, Flow.KEY_BUCKET, entity);
  }

  /** Admitted records of a source. */
  public static FlowType<Admitted> admitted(FeatureSet set, String source) {
    return new FlowType<>(set, Flow.ADMITTED, source);
  }

  /** State of ids of a source. */
  public static FlowType<SeenIds> seenIds(FeatureSet set, String source) {
    return new FlowType<>(set, Flow.SEEN_IDS, source);
  }

  /** Answers of all entities. */
  public static FlowType<Answer> answers(FeatureSet set) {
    return new FlowType<>(set, Flow.ANSWER, "");
  }

  /** Observations. */
  public static FlowType<Asked> asked(FeatureSet set) {
    return new FlowType<>(set, Flow.ASKED, "");
  }

  /** Observations with all answers. */
  public static FlowType<Answered> answered(FeatureSet set) {
    return new FlowType<>(set, Flow.ANSWERED, "");
  }

  /** What the features of an entity's keys are now. */
  public static FlowType<Update> updates(FeatureSet set, String entity) {
    return new FlowType<>(set, Flow.UPDATE, entity);
  }

  /** Rows of a training table, finished. */
  public static FlowType<TrainingRow> rows(FeatureSet set) {
    return new FlowType<>(set, Flow.ROW, "");
  }

  /** Objects of this type on their way to an operator that keeps state by key. */
  public FlowType<Parcel<T>> parcels() {
    return new FlowType<>(set, kind.parcels(), of);
  }

  /** Unpacks a parcel of many. */
  public void unpack(byte[] parcel, Consumer<T> to) throws IOException {
    Codecs.Codec<T> codec = codec();
    DataInputDeserializer in = new DataInputDeserializer(parcel);
    while (in.available() > 0) {
      to.accept(codec.read(in));
    }
  }

  /**
   * An object of this type, if it was kept under another feature set: what both have stays as it
   * is. It is not to be used otherwise any more.
   */
  public T adopt(T object) {
    return codec().adopt(object);
  }

  /** How these objects are written. */
  @SuppressWarnings("unchecked")
  Codecs.Codec<T> codec() {
    return (Codecs.Codec<T>) kind.codec(set.plans(), of);
  }

  /** The serializer, without Flink's configuration, which has no say in it. */
  public TypeSerializer<T> serializer() {
    return new FlowSerializer<>(set, kind, of);
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer();
  }

  @Override
  @SuppressWarnings("unchecked")
  public Class<T> getTypeClass() {
    return (Class<T>) kind.type();
  }

  @Override
  public String toString() {
    return kind + (of.isEmpty() ? "" : " of " + of);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowType<?> that
        && kind == that.kind
        && of.equals(that.of)
        && set.equals(that.set);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, of);
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof FlowType;
  }
}
