package io.plumbline.jobs.admission;

import io.plumbline.jobs.feature.OpaqueType;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Flink's description of {@link Rejected}. */
public final class RejectedType extends OpaqueType<Rejected> {
  private static final long serialVersionUID = 1L;

  /** The only one. */
  public static final RejectedType INSTANCE = new RejectedType();

  private RejectedType() {}

  @Override
  public Class<Rejected> getTypeClass() {
    return Rejected.class;
  }

  @Override
  public TypeSerializer<Rejected> createSerializer(SerializerConfig config) {
    return Serializer.INSTANCE;
  }

  @Override
  public String toString() {
    return "Rejected";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RejectedType;
  }

  @Override
  public int hashCode() {
    return RejectedType.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof RejectedType;
  }

  /** Writes rejected records; nothing keeps these bytes. */
  public static final class Serializer extends TypeSerializerSingleton<Rejected> {
    private static final long serialVersionUID = 1L;
    static final Serializer INSTANCE = new Serializer();

    @Override
    public boolean isImmutableType() {
      return true;
    }

    @Override
    public Rejected createInstance() {
      return null;
    }

    @Override
    public Rejected copy(Rejected from) {
      return from;
    }

    @Override
    public Rejected copy(Rejected from, Rejected reuse) {
      return from;
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public void serialize(Rejected r, DataOutputView out) throws IOException {
      out.writeUTF(r.source());
      out.writeUTF(r.reason().name());
      writeTime(r.eventTime(), out);
      writeTime(r.ingestedAt(), out);
      out.writeUTF(r.detail());
      out.writeUTF(r.topic());
      out.writeInt(r.partition());
      out.writeLong(r.offset());
      out.writeInt(r.payload() == null ? -1 : r.payload().length);
      if (r.payload() != null) {
        out.write(r.payload());
      }
    }

    @Override
    public Rejected deserialize(DataInputView in) throws IOException {
      return new Rejected(
          in.readUTF(),
          Reason.valueOf(in.readUTF()),
          readTime(in),
          readTime(in),
          in.readUTF(),
          in.readUTF(),
          in.readInt(),
          in.readLong(),
          readPayload(in));
    }

    @Override
    public Rejected deserialize(Rejected reuse, DataInputView in) throws IOException {
      return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
      serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<Rejected> snapshotConfiguration() {
      return new Snapshot();
    }

    private static void writeTime(Long time, DataOutputView out) throws IOException {
      out.writeBoolean(time != null);
      if (time != null) {
        out.writeLong(time);
      }
    }

    private static Long readTime(DataInputView in) throws IOException {
      return in.readBoolean() ? in.readLong() : null;
    }

    private static byte[] readPayload(DataInputView in) throws IOException {
      int length = in.readInt();
      if (length < 0) {
        return null;
      }
      byte[] payload = new byte[length];
      in.readFully(payload);
      return payload;
    }
  }

  /** There has been one format. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Rejected> {
    public Snapshot() {
      super(() -> Serializer.INSTANCE);
    }
  }
}
