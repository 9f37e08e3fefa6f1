package io.plumbline.savepoints.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedCallTest {
  private static final RecordedCall CALL =
      new RecordedCall(
          List.of(
              "stream",
              "--defs",
              "old",
              "--brokers=b:9092",
              "--cluster",
              "c:8081",
              "--from=s",
              "--state-backend",
              "hashmap",
              "--generation",
              "4",
              "--drop-unknown-state",
              "--drop",
              "spend:v1",
              "--drop=visits:v1,visits:v2",
              "--accept-loss",
              "--redis",
              "redis://r"));

  @Test
  void whatTheReleaseSaysAnewIsReplaced() {
    assertThat(CALL.repeated(Path.of("/recorded"), "shop", 7))
        .containsExactly(
            "stream",
            "--brokers=b:9092",
            "--redis",
            "redis://r",
            "--defs",
            "/recorded",
            "--name",
            "shop",
            "--generation",
            "7");
  }

  @Test
  void whatHasNoSayUnderFlinkBecomesASetting() {
    assertThat(CALL.settings())
        .containsEntry("state.backend.type", "hashmap")
        .containsEntry("execution.checkpointing.incremental", "false")
        .doesNotContainKeys("execution.state-recovery.path", "rest.address");
  }

  /** As stream --cluster sets them, whatever the cluster itself would do. */
  @Test
  void whatTheCallSetUnaskedIsSetAgain() {
    RecordedCall call =
        new RecordedCall(List.of("stream", "--cluster=c:8081", "--checkpoints", "/c"));
    assertThat(call.settings())
        .containsEntry("state.backend.type", "rocksdb")
        .containsEntry("execution.checkpointing.incremental", "true")
        .containsEntry(
            "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION")
        .containsEntry("restart-strategy.type", "exponential-delay")
        .containsKey("state.backend.rocksdb.writebuffer.size");
  }

  @Test
  void whatTheClusterWasToSayIsLeftToIt() {
    assertThat(new RecordedCall(List.of("stream", "--redis", "r")).settings()).isEmpty();
  }

  @Test
  void foldersOfFlinksBecomeUrls() {
    RecordedCall call =
        new RecordedCall(
            List.of("stream", "--cluster", "c:1", "--checkpoints", "/c", "--savepoints=s3://b/s"));
    assertThat(call.settings())
        .containsEntry("execution.checkpointing.dir", "file:/c")
        .containsEntry("execution.checkpointing.savepoint-dir", "s3://b/s");
  }

  @Test
  void valuesStandBesideOrBehindTheirOption() {
    assertThat(CALL.value("--brokers")).contains("b:9092");
    assertThat(CALL.value("--redis")).contains("redis://r");
    assertThat(CALL.value("--namespace")).isEmpty();
  }

  @Test
  void whatAShellWouldTakeApartIsQuoted() {
    assertThat(Rollback.quoted(List.of("stream", "--name", "it's mine", "a=b")))
        .isEqualTo("stream --name 'it'\\''s mine' a=b");
  }
}
