package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.WriterOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When everything is to be written again, and when that is done with. */
@Timeout(30)
class RewriteRequestsTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @TempDir Path folder;
  private LocalRedis server;
  private RedisConnection redis;

  /** A run of the operator until it fails or is stopped. */
  private final class Attempt implements AutoCloseable {
    private final OneInputStreamOperatorTestHarness<Long, Long> harness;
    private int seen;

    /**
     * @param state to go on from; null for a new job
     */
    Attempt(String features, OperatorSubtaskState state) throws Exception {
      WriterOptions options = WriterOptions.of(settings(), 1);
      harness =
          new OneInputStreamOperatorTestHarness<>(
              new RewriteRequests(options, "job", features, List.of("user")));
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    /** Whether a look at Redis leads to a request. */
    boolean asks() throws Exception {
      harness.processElement(1L, 0);
      int before = seen;
      seen = harness.getOutput().size();
      return seen > before;
    }

    /** Lets a barrier pass. */
    OperatorSubtaskState checkpoint(long number) throws Exception {
      harness.prepareSnapshotPreBarrier(number);
      return harness.snapshot(number, number);
    }

    /** The same, and all that came before it is written. */
    void writtenCheckpoint(long number) throws Exception {
      checkpoint(number);
      String note = harness.getEnvironment().getJobID() + " " + number + " 1";
      redis.ask(c -> c.hset("fs:_written:user", "0", note));
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private RedisSettings settings() {
    return RedisSettings.at(server.uri()).withTimeouts(PATIENCE, PATIENCE);
  }

  @BeforeEach
  void start() {
    server = LocalRedis.in(folder).start();
    redis = RedisConnection.open(settings());
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  /** A new job, whose state others go on from. */
  private OperatorSubtaskState begun() throws Exception {
    try (Attempt first = new Attempt("features", null)) {
      assertThat(first.asks()).as("nothing can lack").isFalse();
      return first.checkpoint(1);
    }
  }

  private Attempt from(OperatorSubtaskState state) throws Exception {
    return new Attempt("features", state);
  }

  @Test
  void aRequestIsDoneWithOnceACheckpointBehindItIsWritten() throws Exception {
    OperatorSubtaskState state = begun();
    RewriteSignal.request(redis);
    try (Attempt first = from(state)) {
      assertThat(first.asks()).isTrue();
      assertThat(first.asks()).isFalse();
      first.checkpoint(2);
    }
    try (Attempt second = from(state)) {
      assertThat(second.asks()).as("after a failure").isTrue();
      second.writtenCheckpoint(3);
      assertThat(second.asks()).isFalse();
    }
    try (Attempt third = from(state)) {
      assertThat(third.asks()).as("when all is written").isFalse();
    }
  }

  @Test
  void aCheckpointThatBeganBeforeARequestDoesNotHoldIt() throws Exception {
    OperatorSubtaskState state = begun();
    try (Attempt attempt = from(state)) {
      attempt.checkpoint(2);
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      assertThat(attempt.asks()).isFalse();
    }
    try (Attempt next = from(state)) {
      assertThat(next.asks()).isTrue();
      next.writtenCheckpoint(3);
      next.writtenCheckpoint(4);
      assertThat(next.asks()).isFalse();
    }
    try (Attempt last = from(state)) {
      assertThat(last.asks()).as("a later checkpoint holds it too").isFalse();
    }
  }

  @Test
  void eachRequestIsOne() throws Exception {
    OperatorSubtaskState state = begun();
    try (Attempt attempt = from(state)) {
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      assertThat(attempt.asks()).isFalse();
      attempt.checkpoint(2);
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      assertThat(attempt.asks()).isFalse();
    }
    try (Attempt next = from(state)) {
      assertThat(next.asks()).as("the third came after the checkpoint began").isTrue();
    }
  }

  @Test
  void anEmptiedServerIsFencedAgainAndWrittenOnce() throws Exception {
    OperatorSubtaskState state = begun();
    try (Attempt attempt = from(state)) {
      redis.ask(c -> c.flushall());
      assertThat(attempt.asks()).isTrue();
      assertThat(redis.<String>ask(c -> c.get("fs:_fence"))).isEqualTo("1");
      assertThat(attempt.asks()).isFalse();
      redis.ask(c -> c.flushall());
      assertThat(attempt.asks()).as("emptied again").isTrue();
      attempt.writtenCheckpoint(2);
      assertThat(attempt.asks()).isFalse();
      assertThat(attempt.asks()).isFalse();
    }
  }

  @Test
  void aServerThatIsAwayIsAskedLater() throws Exception {
    OperatorSubtaskState state = begun();
    try (Attempt attempt = from(state)) {
      server.kill();
      assertThat(attempt.asks()).isFalse();
      attempt.checkpoint(2);
      server.restart();
      Await.until("a request", attempt::asks);
    }
  }

  @Test
  void otherFeaturesAreWrittenAllOver() throws Exception {
    OperatorSubtaskState state = begun();
    try (Attempt attempt = new Attempt("other features", state)) {
      assertThat(attempt.asks()).isTrue();
    }
  }
}
