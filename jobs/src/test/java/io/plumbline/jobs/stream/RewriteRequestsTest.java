package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.WriterOptions;
import java.nio.file.Path;
import java.time.Duration;
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

    Attempt(String features) throws Exception {
      WriterOptions options = WriterOptions.of(settings(), 1);
      harness =
          new OneInputStreamOperatorTestHarness<>(new RewriteRequests(options, "job", features));
      harness.open();
    }

    /** Whether a look at Redis leads to a request. */
    boolean asks() throws Exception {
      harness.processElement(1L, 0);
      int before = seen;
      seen = harness.getOutput().size();
      return seen > before;
    }

    void begin(long checkpoint) throws Exception {
      harness.prepareSnapshotPreBarrier(checkpoint);
      harness.snapshot(checkpoint, checkpoint);
    }

    void complete(long checkpoint) throws Exception {
      harness.notifyOfCompletedCheckpoint(checkpoint);
    }

    void checkpoint(long number) throws Exception {
      begin(number);
      complete(number);
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

  private Attempt attempt() throws Exception {
    return new Attempt("features");
  }

  /** Nothing is to be written any more. */
  private void settle() throws Exception {
    try (Attempt first = attempt()) {
      assertThat(first.asks()).isTrue();
      first.checkpoint(1);
    }
  }

  @Test
  void aNewJobAsksOnceUntilACheckpointHoldsIt() throws Exception {
    try (Attempt first = attempt()) {
      assertThat(first.asks()).isTrue();
      assertThat(first.asks()).isFalse();
      first.begin(1);
    }
    try (Attempt second = attempt()) {
      assertThat(second.asks()).as("after a failure").isTrue();
      second.checkpoint(2);
      assertThat(second.asks()).isFalse();
    }
    try (Attempt third = attempt()) {
      assertThat(third.asks()).as("after a checkpoint").isFalse();
    }
  }

  @Test
  void aCheckpointThatBeganBeforeARequestDoesNotHoldIt() throws Exception {
    settle();
    try (Attempt attempt = attempt()) {
      attempt.begin(2);
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      attempt.complete(2);
    }
    try (Attempt next = attempt()) {
      assertThat(next.asks()).isTrue();
      next.begin(3);
      next.begin(4);
      next.complete(4);
    }
    try (Attempt last = attempt()) {
      assertThat(last.asks()).as("a later checkpoint holds it too").isFalse();
    }
  }

  @Test
  void eachRequestIsOne() throws Exception {
    settle();
    try (Attempt attempt = attempt()) {
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      assertThat(attempt.asks()).isFalse();
      attempt.begin(2);
      RewriteSignal.request(redis);
      assertThat(attempt.asks()).isTrue();
      attempt.complete(2);
    }
    try (Attempt next = attempt()) {
      assertThat(next.asks()).as("the third came after the checkpoint began").isTrue();
    }
  }

  @Test
  void anEmptiedServerIsFencedAgainAndWrittenOnce() throws Exception {
    settle();
    try (Attempt attempt = attempt()) {
      redis.ask(c -> c.flushall());
      assertThat(attempt.asks()).isTrue();
      assertThat(redis.<String>ask(c -> c.get("fs:_fence"))).isEqualTo("1");
      assertThat(attempt.asks()).isFalse();
      redis.ask(c -> c.flushall());
      assertThat(attempt.asks()).as("emptied again").isTrue();
      attempt.checkpoint(2);
      assertThat(attempt.asks()).isFalse();
    }
  }

  @Test
  void aServerThatIsAwayIsAskedLater() throws Exception {
    settle();
    try (Attempt attempt = attempt()) {
      server.kill();
      assertThat(attempt.asks()).isFalse();
      attempt.checkpoint(2);
      server.restart();
      Await.until("a request", attempt::asks);
    }
  }

  @Test
  void otherFeaturesAreWrittenAllOver() throws Exception {
    settle();
    try (Attempt attempt = new Attempt("other features")) {
      assertThat(attempt.asks()).isTrue();
    }
  }
}
