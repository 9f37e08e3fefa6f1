package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class LogRecordTypeTest {
  private final TypeSerializer<LogRecord> serializer =
      LogRecordType.INSTANCE.createSerializer(new SerializerConfigImpl());

  @Test
  void readsWhatItWrote() throws Exception {
    byte[] value = {1, 2, 3};
    LogRecord read = copy(new LogRecord("t", 3, 1L << 40, -5, value));
    assertThat(read.value()).isEqualTo(value);
    assertThat(new LogRecord("t", 3, 1L << 40, -5, read.value())).isEqualTo(read);
    assertThat(copy(new LogRecord("t", 0, 0, 0, new byte[0])).value()).isEmpty();
    assertThat(copy(new LogRecord("t", 0, 0, 0, null)).value()).isNull();
  }

  @Test
  void isOneAndKnowsItselfInASavepoint() throws Exception {
    assertThat(InstantiationUtil.clone(serializer)).isSameAs(serializer);
    assertThat(InstantiationUtil.clone(LogRecordType.INSTANCE)).isEqualTo(LogRecordType.INSTANCE);
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<LogRecord> restored =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(restored.restoreSerializer()).isSameAs(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(restored)
                .isCompatibleAsIs())
        .isTrue();
  }

  private LogRecord copy(LogRecord record) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(record, out);
    DataOutputSerializer again = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), again);
    return serializer.deserialize(new DataInputDeserializer(again.getCopyOfBuffer()));
  }
}
