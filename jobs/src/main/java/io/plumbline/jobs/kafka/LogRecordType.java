package io.plumbline.jobs.kafka;

import io.plumbline.jobs.feature.OpaqueType;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's description of {@link LogRecord}. */
public final class LogRecordType extends OpaqueType<LogRecord> {
  /** There is only one. */
  public static final LogRecordType INSTANCE = new LogRecordType();

  private LogRecordType() {}

  @Override
  public TypeSerializer<LogRecord> createSerializer(SerializerConfig config) {
    return LogRecordSerializer.INSTANCE;
  }

  @Override
  public Class<LogRecord> getTypeClass() {
    return LogRecord.class;
  }

  @Override
  public String toString() {
    return "LogRecord";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogRecordType;
  }

  @Override
  public int hashCode() {
    return LogRecordType.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof LogRecordType;
  }
}
