package io.plumbline.jobs.kafka;

import io.plumbline.UserError;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.kafka.common.TopicPartition;

/**
 * The log does not have the records that a job is to go on with. Starting it again would not bring
 * them back, so Flink does not: the job fails, whatever its restart strategy.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class RecordsLost extends UserError {
  private static final long serialVersionUID = 1L;

  private RecordsLost(String message) {
    super(Exit.NO, message, null);
  }

  /** The log begins after the record that is wanted. */
  static RecordsLost before(TopicPartition partition, long wanted, long earliest) {
    return new RecordsLost(
        "topic "
            + partition.topic()
            + ", partition "
            + partition.partition()
            + ": the job goes on at offset "
            + wanted
            + ", and the earliest that Kafka still has is "
            + earliest
            + ": "
            + (earliest - wanted)
            + " offsets were deleted before they were read. Go on without them by --accept-loss,"
            + " which counts them; or begin anew, without --from and with --start earliest. Raise"
            + " the topic's retention.ms and retention.bytes to the longest outage to survive");
  }

  /** The log ends before the record that is wanted. */
  static RecordsLost after(TopicPartition partition, long wanted, long end) {
    return new RecordsLost(
        "topic "
            + partition.topic()
            + ", partition "
            + partition.partition()
            + ": the job goes on at offset "
            + wanted
            + ", and Kafka's log ends at "
            + end
            + ": the topic was made again, or its newest records were lost. Begin anew, without"
            + " --from and with --start earliest: what the state holds is of another log");
  }
}
