package io.plumbline.jobs.feature;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** Serializer of a {@link FlowType}; made ready from its feature set where it runs. */
final class FlowSerializer<T> extends TypeSerializer<T> {
  private final FeatureSet set;
  private final Flow kind;
  private final String of;
  private transient Codecs.Codec<T> codec;

  FlowSerializer(FeatureSet set, Flow kind, String of) {
    this.set = set;
    this.kind = kind;
    this.of = of;
    this.codec = codec();
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    codec = codec();
  }

  FeatureSet set() {
    return set;
  }

  Flow kind() {
    return kind;
  }

  String of() {
    return of;
  }

  /** What the bytes mean: written under one layout, they can be read under an equal one. */
  String layout() {
    return kind.layout(set.plans(), of);
  }

  @SuppressWarnings("unchecked")
  private Codecs.Codec<T> codec() {
    return (Codecs.Codec<T>) kind.codec(set.plans(), of);
  }

  @Override
  public boolean isImmutableType() {
    return !KeptAtHand.Kept.class.isAssignableFrom(kind.type());
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return isImmutableType() ? this : new FlowSerializer<>(set, kind, of);
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    if (isImmutableType()) {
      return from;
    }
    try {
      DataOutputSerializer bytes = new DataOutputSerializer(256);
      codec.write(from, bytes);
      return codec.read(new DataInputDeserializer(bytes.getSharedBuffer(), 0, bytes.length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public T copy(T from, T reuse) {
    return copy(from);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T record, DataOutputView target) throws IOException {
    codec.write(record, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    return codec.read(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return codec.read(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowSerializer<?> that
        && kind == that.kind
        && of.equals(that.of)
        && set.equals(that.set);
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode() * 31 + of.hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new FlowSerializerSnapshot<>(this);
  }
}
