package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.async.RedisAsyncCommands;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An address that follows the master, when the master has become another server. */
@Timeout(60)
class RedisFailoverTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  @TempDir private static Path folder;

  private LocalRedis before;
  private LocalRedis after;
  private SwitchingProxy address;

  @BeforeEach
  void start() throws Exception {
    before = LocalRedis.in(folder).start();
    after = LocalRedis.in(folder).start();
    address = new SwitchingProxy(before.port());
  }

  @AfterEach
  void stop() {
    address.close();
    after.close();
    before.close();
  }

  private RedisSettings settings() {
    return RedisSettings.at(address.uri()).withTimeouts(Duration.ofSeconds(10), SHORT);
  }

  @Test
  void writesGoToTheNewMasterWhileTheOldOneIsAReplica() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      address.lead(after.port());
      demote(before);
      assertArrives(writer);
    }
  }

  @Test
  void writesGoToTheNewMasterWhileTheOldOneIsSilent() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      address.lead(after.port());
      address.silence();
      assertArrives(writer);
    }
  }

  /** What a job looks for once a second, and does not try again by itself. */
  @Test
  void soDoQuestionsThatAreAskedAgain() throws Exception {
    try (RedisConnection redis = RedisConnection.open(settings())) {
      ProgressGate gate = new ProgressGate(redis, List.of(Visits.ENTITY), 1);
      gate.open(new Servers(List.of("a")));
      address.lead(after.port());
      demote(before);
      Deadline.until(
          "the new master is asked",
          () -> {
            redis.ask(c -> c.get("anything"));
            return succeeds(() -> gate.open(new Servers(List.of("a"))));
          });
      assertThat(redis.<String>ask(c -> c.info("replication"))).contains("role:master");
    }
  }

  private static boolean succeeds(Runnable question) {
    try {
      question.run();
      return true;
    } catch (io.plumbline.UserError e) {
      return false;
    }
  }

  private WriterHarness<Update> started() throws Exception {
    WriterHarness<Update> writer =
        WriterHarness.start(
            new UpdateWriter(Visits.SET, List.of(Visits.ENTITY), WriterOptions.of(settings(), 1)),
            new JobID());
    writer.add(Visits.count("ann", 100, 1));
    writer.finish();
    return writer;
  }

  private static void demote(LocalRedis server) {
    try (RedisConnection redis = RedisConnection.open(RedisSettings.at(server.uri()))) {
      redis.ask(c -> ((RedisAsyncCommands<String, String>) c).replicaof("127.0.0.1", 1));
    }
  }

  private void assertArrives(WriterHarness<Update> writer) throws Exception {
    writer.add(Visits.count("bob", 200, 2));
    try (RedisConnection redis = RedisConnection.open(RedisSettings.at(after.uri()))) {
      writer.until("it stands there", () -> redis.ask(c -> c.exists("fs:user:bob")) == 1);
    }
    writer.until("nothing waits", () -> !writer.metrics().isHeldBack());
  }
}
