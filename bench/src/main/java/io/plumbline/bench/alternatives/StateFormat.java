package io.plumbline.bench.alternatives;

import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelineCodec;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.DataOutputViewStream;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** How one key's state becomes bytes. */
interface StateFormat<T> {
  void write(T state, DataOutputSerializer out) throws IOException;

  T read(DataInputDeserializer in) throws IOException;

  /** The product's. */
  static StateFormat<Timeline> timeline(TimelinePlan plan) {
    TimelineCodec codec = new TimelineCodec(plan);
    return new StateFormat<>() {
      @Override
      public void write(Timeline state, DataOutputSerializer out) throws IOException {
        codec.write(state, out);
      }

      @Override
      public Timeline read(DataInputDeserializer in) throws IOException {
        return codec.read(in);
      }
    };
  }

  /** Flink's for POJOs, which must not take Kryo for a part of it. */
  static StateFormat<PojoTiles> pojo() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    return flink(TypeInformation.of(PojoTiles.class).createSerializer(config));
  }

  /** Flink's for what it does not know, its classes not registered. */
  static StateFormat<PojoTiles> kryo() {
    return flink(new KryoSerializer<>(PojoTiles.class, new SerializerConfigImpl()));
  }

  private static StateFormat<PojoTiles> flink(TypeSerializer<PojoTiles> serializer) {
    return new StateFormat<>() {
      @Override
      public void write(PojoTiles state, DataOutputSerializer out) throws IOException {
        serializer.serialize(state, out);
      }

      @Override
      public PojoTiles read(DataInputDeserializer in) throws IOException {
        return serializer.deserialize(in);
      }
    };
  }

  /** Java's own. */
  static StateFormat<PojoTiles> java() {
    return new StateFormat<>() {
      @Override
      public void write(PojoTiles state, DataOutputSerializer out) throws IOException {
        try (ObjectOutputStream objects = new ObjectOutputStream(new DataOutputViewStream(out))) {
          objects.writeObject(state);
        }
      }

      @Override
      public PojoTiles read(DataInputDeserializer in) throws IOException {
        try (ObjectInputStream objects = new ObjectInputStream(new DataInputViewStream(in))) {
          return (PojoTiles) objects.readObject();
        } catch (ClassNotFoundException e) {
          throw new IOException(e);
        }
      }
    };
  }
}
