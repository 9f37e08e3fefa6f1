package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LeaseTest {
  private static final Duration LIFE = Duration.ofSeconds(2);

  @TempDir private static Path folder;
  private LocalRedis server;
  private RedisConnection redis;

  @BeforeEach
  void start() {
    server = LocalRedis.in(folder).start();
    redis = RedisConnection.open(RedisSettings.at(server.uri()));
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private Lease lease(String name, String id, long generation) {
    return new Lease(redis, new Lease.Job(name, id, generation), LIFE);
  }

  private String owner() {
    return redis.ask(c -> c.get("fs:_owner:user"));
  }

  @Test
  void aRestartOfTheSameJobGoesOn() {
    lease("payments live", "id1", 1).claim("user");
    lease("payments live", "id1", 1).claim("user");
    assertThat(owner()).isEqualTo("1 id1 payments live");
  }

  @Test
  void aLivingJobIsNotDisplaced() throws Exception {
    Lease first = lease("first job", "id1", 1);
    first.claim("user");
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> lease("second", "id2", 1).claim("user"));
    Deadline.until(
        "the second is refused",
        () -> {
          first.renew("user", refused -> second.complete(null));
          return second.isDone();
        });
    assertThatThrownBy(() -> second.get(1, TimeUnit.SECONDS))
        .hasCauseInstanceOf(Refused.class)
        .hasMessageContaining("entity user")
        .hasMessageContaining("job 'first job' (id1, generation 1)")
        .hasMessageContaining("fs:_owner:user");
    assertThat(owner()).startsWith("1 id1 ");
  }

  @Test
  void aDeadJobsLeaseRunsOut() {
    lease("first", "id1", 1).claim("user");
    lease("second", "id2", 1).claim("user");
    assertThat(owner()).isEqualTo("1 id2 second");
  }

  @Test
  void aHigherGenerationTakesOverAndTheOldOwnerIsTold() throws Exception {
    Lease old = lease("old", "id1", 9);
    old.claim("user");
    lease("new", "id2", 10).claim("user");
    assertThat(owner()).isEqualTo("10 id2 new");

    CompletableFuture<Refused> lost = new CompletableFuture<>();
    old.renew("user", lost::complete);
    assertThat(lost.get(5, TimeUnit.SECONDS)).hasMessageContaining("job 'new'");
    old.release("user");
    assertThat(owner()).isEqualTo("10 id2 new");
  }

  @Test
  void aReleasedEntityIsFree() {
    Lease first = lease("first", "id1", 1);
    first.claim("user");
    first.release("user");
    assertThat(owner()).isNull();
  }

  @Test
  void aJobThatHasEndedHasItsEntitiesGivenBackByOthers() {
    lease("first", "id1", 1).claim("user");
    Lease.release(redis, List.of("user", "item"), "id2");
    assertThat(owner()).isEqualTo("1 id1 first");
    Lease.release(redis, List.of("user", "item"), "id1");
    assertThat(owner()).isNull();
  }
}
