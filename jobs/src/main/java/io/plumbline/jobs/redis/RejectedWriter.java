package io.plumbline.jobs.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * Puts rejected records into a capped stream of their source. A record may stand there twice after
 * a failure; topic, partition and offset tell copies, and {@link RejectedStream} leaves them out.
 */
public final class RejectedWriter extends BatchingOperator<Rejected, Rejected> {
  private static final long serialVersionUID = 1L;

  /** About how many entries a stream keeps. */
  public static final long DEFAULT_CAPACITY = 100_000;

  private final PayloadText payloads;
  private final long capacity;

  /** Makes a payload readable. */
  @FunctionalInterface
  public interface PayloadText extends Serializable {
    /**
     * The payload as JSON; null if it cannot be read.
     *
     * @param payload not null
     */
    String json(String source, byte[] payload);
  }

  /**
   * @param capacity about how many entries each stream keeps
   */
  public RejectedWriter(
      RedisSettings settings, WriteLimits limits, PayloadText payloads, long capacity) {
    super(WriterMetrics.What.REJECTED, settings, limits);
    this.payloads = payloads;
    this.capacity = capacity;
  }

  @Override
  Rejected item(Rejected input) {
    return input;
  }

  @Override
  void write(Rejected item, DataOutput out) throws IOException {
    FeatureWrite.writeText(item.source(), out);
    FeatureWrite.writeText(item.reason().label(), out);
    writeTime(item.eventTime(), out);
    writeTime(item.ingestedAt(), out);
    FeatureWrite.writeText(item.detail(), out);
    FeatureWrite.writeText(item.topic(), out);
    out.writeInt(item.partition());
    out.writeLong(item.offset());
    out.writeBoolean(item.payload() != null);
    if (item.payload() != null) {
      FeatureWrite.writeBytes(item.payload(), out);
    }
  }

  private static void writeTime(Long time, DataOutput out) throws IOException {
    out.writeBoolean(time != null);
    if (time != null) {
      out.writeLong(time);
    }
  }

  @Override
  Rejected read(DataInput in) throws IOException {
    String source = FeatureWrite.readText(in);
    Reason reason = Reason.valueOf(FeatureWrite.readText(in).toUpperCase(Locale.ROOT));
    Long eventTime = in.readBoolean() ? (Long) in.readLong() : null;
    Long ingestedAt = in.readBoolean() ? (Long) in.readLong() : null;
    String detail = FeatureWrite.readText(in);
    String topic = FeatureWrite.readText(in);
    int partition = in.readInt();
    long offset = in.readLong();
    byte[] payload = in.readBoolean() ? FeatureWrite.readBytes(in) : null;
    return new Rejected(
        source, reason, eventTime, ingestedAt, detail, topic, partition, offset, payload);
  }

  @Override
  RedisBatcher.Recipe<Rejected> recipe(RedisConnection connection, WriterMetrics metrics) {
    return new RedisBatcher.Recipe<>() {
      @Override
      public String name(Rejected item) {
        return item.source() + " " + item.topic() + " " + item.partition() + " " + item.offset();
      }

      @Override
      public Rejected merge(Rejected older, Rejected newer) {
        return newer;
      }

      @Override
      public long bytes(Rejected item) {
        return item.payload() == null ? 0 : item.payload().length;
      }

      @Override
      public AsyncCommand<String, String, Object> command(
          Rejected item, RedisBatcher.Sending sending) {
        return append(connection.keys().rejected(item.source()), item);
      }

      @Override
      public void acknowledged(Rejected item, Object reply) {
        metrics.writes.inc();
      }
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private AsyncCommand<String, String, Object> append(String stream, Rejected item) {
    CommandArgs<String, String> arguments =
        new CommandArgs<>(StringCodec.UTF8)
            .addKey(stream)
            .add("MAXLEN")
            .add("~")
            .add(capacity)
            .add("*");
    field(arguments, RejectedStream.REASON, item.reason().label());
    field(arguments, RejectedStream.EVENT_TIME, item.eventTime());
    field(arguments, RejectedStream.INGESTED_AT, item.ingestedAt());
    field(arguments, RejectedStream.LATENESS_MS, lateness(item));
    field(arguments, RejectedStream.TOPIC, item.topic());
    field(arguments, RejectedStream.PARTITION, item.partition());
    field(arguments, RejectedStream.OFFSET, item.offset());
    field(arguments, RejectedStream.DETAIL, item.detail().isEmpty() ? null : item.detail());
    if (item.payload() != null) {
      payload(arguments, item);
    }
    return new AsyncCommand(
        new Command<>(CommandType.XADD, new StatusOutput<>(StringCodec.UTF8), arguments));
  }

  private void payload(CommandArgs<String, String> arguments, Rejected item) {
    String json = payloads.json(item.source(), item.payload());
    field(arguments, RejectedStream.PAYLOAD, json);
    if (json == null || !Arrays.equals(json.getBytes(StandardCharsets.UTF_8), item.payload())) {
      field(arguments, RejectedStream.RAW, Base64.getEncoder().encodeToString(item.payload()));
    }
  }

  private static Long lateness(Rejected item) {
    return item.eventTime() == null || item.ingestedAt() == null
        ? null
        : (Long) (item.ingestedAt() - item.eventTime());
  }

  private static void field(CommandArgs<String, String> arguments, String name, Object value) {
    if (value != null) {
      arguments.addKey(name).addValue(value.toString());
    }
  }
}
