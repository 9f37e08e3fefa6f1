package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.WriterOptions;
import java.util.Optional;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis, whenever something comes in, whether all features are to be written again: because
 * somebody wants it, or because Redis has lost what it held. A request is done with when a
 * checkpoint holds what it led to.
 */
final class RewriteRequests extends AbstractStreamOperator<Long>
    implements OneInputStreamOperator<Long, Long> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOGGER = LoggerFactory.getLogger(RewriteRequests.class);

  private final WriterOptions options;
  private final String job;
  private final String features;
  private transient RedisConnection redis;
  private transient RewriteSignal signal;
  private transient RewriteSignal.Request sent;
  private transient RewriteSignal.Request written;
  private transient long writtenIn;

  /**
   * @param job the same after a restart
   * @param features what the job writes
   */
  RewriteRequests(WriterOptions options, String job, String features) {
    this.options = options;
    this.job = job;
    this.features = features;
  }

  @Override
  public void open() throws Exception {
    super.open();
    redis = RedisConnection.await(options.redis());
    signal = new RewriteSignal(redis, job, options.generation(), features);
  }

  @Override
  public void processElement(StreamRecord<Long> element) {
    Optional<RewriteSignal.Request> request = poll();
    if (request.isPresent() && isNew(request.get())) {
      sent = request.get();
      written = null;
      LOGGER.warn("all features are written to Redis again: {}", sent.why());
      output.collect(new StreamRecord<>(getProcessingTimeService().getCurrentProcessingTime()));
    }
  }

  private boolean isNew(RewriteSignal.Request request) {
    return sent == null
        || request.cause() == RewriteSignal.Cause.LOSS
        || !request.marker().equals(sent.marker());
  }

  private Optional<RewriteSignal.Request> poll() {
    try {
      Optional<RewriteSignal.Request> request = signal.poll();
      if (request.isPresent() && isNew(request.get())) {
        Fences.raise(redis, options.generation());
      }
      return request;
    } catch (UserError e) {
      LOGGER.debug("cannot ask Redis now whether features are to be written again", e);
      return Optional.empty();
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (sent != null && written == null) {
      written = sent;
      writtenIn = checkpointId;
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    if (written != null && checkpointId >= writtenIn) {
      RewriteSignal.Request request = written;
      written = null;
      try {
        signal.handled(request);
        sent = null;
      } catch (UserError e) {
        LOGGER.debug("Redis cannot note now that all features were written again", e);
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (redis != null) {
      redis.close();
    }
    super.close();
  }
}
