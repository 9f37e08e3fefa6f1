package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rollbacks that were interrupted, gone on with and given up. */
class RollbackAgainIT extends BadRelease {
  /** The bad job never got anywhere, and its generation's progress is of long ago. */
  @Test
  void nothingIsRemovedBeforeTheReleaseIsAsFarAsTheFence() {
    reach(3, "1000");
    flink.whenStarted = job -> reach(5, Long.toString(System.currentTimeMillis() - 60_000));
    Verb early = rollback("--timeout", "1s");
    assertThat(early.exit()).isEqualTo(1);
    assertThat(early.err()).contains("it is as far as the job before");
    assertThat(commands().exists("fs:user:only-the-bad-one")).isEqualTo(1);
    commands().hset("fs:_progress", "user", FAR);
    assertThat(rollback("--timeout", "1s").exit()).isEqualTo(1);
    commands().hset("fs:_progress", "shop", FAR);
    Verb late = rollback();
    assertThat(late.exit()).as(late.err()).isZero();
    assertThat(commands().exists("fs:user:only-the-bad-one")).isZero();
    assertThat(flink.starts).hasSize(1);
  }

  @Test
  void aJobThatFlinkForgotIsStartedOnceMore() throws IOException {
    flink.whenStarted = flink.jobs::remove;
    Verb forgotten = rollback();
    assertThat(forgotten.exit()).isEqualTo(1);
    assertThat(forgotten.err()).contains("has ended: Flink does not know it any more");
    assertThat(Files.readString(journal())).contains("FENCED").doesNotContain("SUBMITTED");
    flink.whenStarted = job -> reach(5, FAR);
    Verb again = rollback();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(flink.starts).hasSize(2);
  }

  @Test
  void aStopThatWasAskedForIsNotAskedForAnew() {
    String left = flink.savepoint;
    flink.savepoint = null;
    Verb slow = rollback("--timeout", "1s");
    assertThat(slow.exit()).isEqualTo(1);
    assertThat(slow.err()).contains("not complete after");
    flink.savepoint = left;
    Verb again = rollback();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(flink.triggers).hasSize(2);
    assertThat(flink.triggers.get(0)).isEqualTo(flink.triggers.get(1));
  }

  @Test
  void whatFailsAfterTheStopSaysThatItGoesOn() throws IOException {
    begin("STOPPED", "");
    Files.delete(folder.resolve("release.jar"));
    Verb verb = rollback();
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err())
        .contains("cannot go on", "is missing")
        .doesNotContain("nothing was changed");
  }

  /** A cluster that was started for one job ends with it. */
  @Test
  void aClusterThatIsGoneIsNotAskedWhereItsJobIs() throws IOException {
    begin("BEGUN", BAD);
    flink.close();
    reach(5, FAR);
    Verb verb = rollback("--by-hand");
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(verb.out()).contains("going on", "start this now", "generation 5");
    begin("BEGUN", BAD);
    reach(6, FAR);
    Verb another = rollback("--by-hand", "--abandon");
    assertThat(another.exit()).as(another.err()).isZero();
    assertThat(another.err()).contains("nothing is left there that could be stopped");
  }

  @Test
  void peopleAreToldOnEachCallWhatToStart() {
    Verb told = rollback("--by-hand", "--timeout", "1s");
    assertThat(told.exit()).isEqualTo(1);
    assertThat(told.out()).contains("start this now", "--generation 5");
    assertThat(told.err()).contains("Has it been started?").doesNotContain("The job goes on");
    Verb again = rollback("--by-hand", "--timeout", "1s");
    assertThat(again.out()).contains("start this now", "--generation 5");
    Verb byFlink = rollback("--timeout", "3s");
    assertThat(byFlink.exit()).isEqualTo(1);
    assertThat(byFlink.err()).contains("go on with --by-hand").doesNotContain("\tat ");
    assertThat(flink.starts).isEmpty();
    reach(5, FAR);
    Verb done = rollback("--by-hand");
    assertThat(done.exit()).as(done.err()).isZero();
    assertThat(done.out()).contains("started by hand", "kept of the old job: 2");
  }

  @Test
  void whatFlinkCouldNotStartPeopleCan() {
    flink.takesStarts = false;
    Verb failed = rollback();
    assertThat(failed.exit()).isEqualTo(2);
    reach(5, FAR);
    Verb byHand = rollback("--by-hand");
    assertThat(byHand.exit()).as(byHand.err()).isZero();
    assertThat(byHand.out())
        .contains("start this now", "started by hand", "kept of the old job: 2");
  }

  @Test
  void whatFlinkHasStartedPeopleDoNotStart() {
    flink.whenStarted = job -> {};
    assertThat(rollback("--timeout", "1s").exit()).isEqualTo(1);
    Verb byHand = rollback("--by-hand");
    assertThat(byHand.exit()).isEqualTo(1);
    assertThat(byHand.err()).contains("has started the release as job", "without --by-hand");
    String started = flink.starts.get(0).get("jobId").asText();
    flink.jobs.put(started, flink.jobs.get(started).in("CANCELED"));
    Verb canceled = rollback("--by-hand", "--timeout", "1s");
    assertThat(canceled.out()).contains("start this now");
  }

  private void recordAnother() throws IOException {
    String record = Files.readString(catalog.resolve("r.json"));
    Files.writeString(catalog.resolve("q.json"), record.replace("\"id\":\"r\"", "\"id\":\"q\""));
  }

  @Test
  void whatARollbackGivenUpHasStoppedIsKeptAndSwept() throws IOException {
    recordAnother();
    write("kind", "only-the-bad-one", 4);
    commands().hset("fs:_progress", Map.of("kind", "1000", "_gen:kind", "4"));
    commands().set("fs:_owner:kind", "4 " + BAD + " shop");
    flink.takesStarts = false;
    assertThat(rollback().exit()).isEqualTo(2);
    commands().del("fs:_owner:kind");
    flink.takesStarts = true;
    flink.whenStarted = job -> reach(6, FAR);
    Verb another = rollbackTo("q", "--abandon");
    assertThat(another.exit()).as(another.err()).isZero();
    assertThat(another.out()).contains("kept of what the rollback given up stopped: 2");
    assertThat(Verb.call("savepoint", "list", "--catalog", catalog).out())
        .contains("stopped by the rollback to r");
    assertThat(commands().exists("fs:kind:only-the-bad-one")).isZero();
    assertThat(commands().hkeys("fs:_progress")).doesNotContain("kind");
    try (Stream<Path> files = Files.list(catalog)) {
      assertThat(files).anyMatch(f -> f.toString().matches(".*/_rollback-abandoned-\\d+.json"));
    }
  }

  @Test
  void aSavepointThatCameLaterIsKeptOfARollbackGivenUp() throws IOException {
    recordAnother();
    String left = flink.savepoint;
    flink.savepoint = null;
    assertThat(rollback("--timeout", "1s").exit()).isEqualTo(1);
    flink.savepoint = left;
    flink.jobs.put(BAD, flink.jobs.get(BAD).in("FINISHED"));
    Verb another = rollbackTo("q", "--abandon");
    assertThat(another.exit()).as(another.err()).isZero();
    assertThat(Verb.call("savepoint", "list", "--catalog", catalog).out())
        .contains("stopped by the rollback to r");
  }
}
