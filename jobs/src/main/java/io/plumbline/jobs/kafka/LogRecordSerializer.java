package io.plumbline.jobs.kafka;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes {@link LogRecord}s. The layout has a version, which savepoints remember. */
final class LogRecordSerializer extends TypeSerializerSingleton<LogRecord> {
  private static final long serialVersionUID = 1L;
  private static final int VERSION = 1;
  private static final int NO_VALUE = -1;

  static final LogRecordSerializer INSTANCE = new LogRecordSerializer();

  private LogRecordSerializer() {}

  private Object readResolve() {
    return INSTANCE;
  }

  @Override
  public void serialize(LogRecord record, DataOutputView out) throws IOException {
    out.writeUTF(record.topic());
    out.writeInt(record.partition());
    out.writeLong(record.offset());
    out.writeLong(record.timestamp());
    if (record.value() == null) {
      out.writeInt(NO_VALUE);
    } else {
      out.writeInt(record.value().length);
      out.write(record.value());
    }
  }

  @Override
  public LogRecord deserialize(DataInputView in) throws IOException {
    String topic = in.readUTF();
    int partition = in.readInt();
    long offset = in.readLong();
    long timestamp = in.readLong();
    int length = in.readInt();
    byte[] value = null;
    if (length != NO_VALUE) {
      value = new byte[length];
      in.readFully(value);
    }
    return new LogRecord(topic, partition, offset, timestamp, value);
  }

  @Override
  public LogRecord deserialize(LogRecord reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public LogRecord createInstance() {
    return null;
  }

  @Override
  public LogRecord copy(LogRecord from) {
    return from;
  }

  @Override
  public LogRecord copy(LogRecord from, LogRecord reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public TypeSerializerSnapshot<LogRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** What a savepoint remembers: the layout's version. */
  public static final class Snapshot implements TypeSerializerSnapshot<LogRecord> {
    private int layout = VERSION;

    /** For Flink, which makes one and reads into it. */
    public Snapshot() {}

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeInt(layout);
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader loader) throws IOException {
      layout = in.readInt();
      if (version != 1 || layout != VERSION) {
        throw new IOException(
            "log records were written in layout "
                + layout
                + ", of which this version knows nothing; it reads "
                + VERSION);
      }
    }

    @Override
    public TypeSerializer<LogRecord> restoreSerializer() {
      return INSTANCE;
    }

    @Override
    public TypeSerializerSchemaCompatibility<LogRecord> resolveSchemaCompatibility(
        TypeSerializerSnapshot<LogRecord> old) {
      return old instanceof Snapshot
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
