package io.plumbline.jobs.stream;

import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.RewriteSignal;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Asks Redis, whenever something comes in, whether all features are to be written again: because
 * somebody wants it, or because Redis has lost what it held.
 */
final class RewriteRequests extends AbstractStreamOperator<Long>
    implements OneInputStreamOperator<Long, Long> {
  private static final long serialVersionUID = 1L;

  private final RedisSettings settings;
  private transient RedisConnection redis;
  private transient RewriteSignal signal;

  RewriteRequests(RedisSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    redis = RedisConnection.open(settings);
    signal = new RewriteSignal(redis);
  }

  @Override
  public void processElement(StreamRecord<Long> element) {
    signal.poll().ifPresent(number -> output.collect(new StreamRecord<>(number)));
  }

  @Override
  public void close() throws Exception {
    if (redis != null) {
      redis.close();
    }
    super.close();
  }
}
