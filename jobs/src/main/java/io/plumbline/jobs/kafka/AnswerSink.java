package io.plumbline.jobs.kafka;

import java.io.Serializable;
import java.util.Map;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where answers go: a topic, in which a key's answers are in their order. */
public final class AnswerSink {
  /** How long an answer may wait for others to be sent with it. */
  private static final String LINGER_MS = "5";

  /** Brokers refuse transactions that may take longer than their own limit, by default this. */
  private static final String TRANSACTION_MS = "900000";

  private AnswerSink() {}

  /** How an answer is written. */
  public interface Encoder<T> extends Serializable {
    /** Null for a record without a key. */
    byte[] key(T answer);

    byte[] value(T answer);
  }

  /** What becomes of answers when a job fails and goes on from its last checkpoint. */
  public enum Delivery {
    /** Those since then come again. */
    AT_LEAST_ONCE,
    /** Those who read committed records see each once, and none before the next checkpoint. */
    EXACTLY_ONCE
  }

  /**
   * A sink.
   *
   * @param id tells this job's transactions from those of others, and is the same in all its runs
   */
  public static <T> KafkaSink<T> of(
      KafkaSettings settings, String topic, Encoder<T> encoder, Delivery delivery, String id) {
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(
            settings.client(
                Map.of(
                    "acks", "all",
                    "linger.ms", LINGER_MS,
                    "transaction.timeout.ms", TRANSACTION_MS)))
        .setBootstrapServers(settings.bootstrap())
        .setDeliveryGuarantee(
            switch (delivery) {
              case AT_LEAST_ONCE -> DeliveryGuarantee.AT_LEAST_ONCE;
              case EXACTLY_ONCE -> DeliveryGuarantee.EXACTLY_ONCE;
            })
        .setTransactionalIdPrefix(id)
        .setRecordSerializer(new Records<>(topic, encoder))
        .build();
  }

  private record Records<T>(String topic, Encoder<T> encoder)
      implements KafkaRecordSerializationSchema<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        T answer, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, encoder.key(answer), encoder.value(answer));
    }
  }
}
