package io.plumbline.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.Unreachable;
import io.plumbline.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeoverTest {
  private final Configuration plain = new Configuration();
  private final Configuration application =
      new Configuration()
          .set(HighAvailabilityOptions.HA_MODE, "zookeeper")
          .set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, "0".repeat(32));

  /** Fails in turn with these, then gives an answer. */
  private static Supplier<String> after(RuntimeException... failures) {
    Deque<RuntimeException> left = new ArrayDeque<>(List.of(failures));
    return () -> {
      if (!left.isEmpty()) {
        throw left.remove();
      }
      return "answer";
    };
  }

  @Test
  void whatDoesNotAnswerIsWaitedForWhereThisMayBeATakeover() {
    Unreachable away = new Unreachable("Redis is away", null);
    assertThat(Takeover.patiently(application, after(away))).isEqualTo("answer");
    assertThatThrownBy(() -> Takeover.patiently(plain, after(away))).isSameAs(away);
    application.set(Takeover.REPEATED, "[]");
    assertThatThrownBy(() -> Takeover.patiently(application, after(away))).isSameAs(away);
    application.removeConfig(Takeover.REPEATED);
    application.set(HighAvailabilityOptions.HA_MODE, "NONE");
    assertThatThrownBy(() -> Takeover.patiently(application, after(away))).isSameAs(away);
  }

  @Test
  void whatIsWrongStaysWrong() {
    UserError wrong = UserError.invalid("there is no such topic");
    assertThatThrownBy(() -> Takeover.patiently(application, after(wrong))).isSameAs(wrong);
  }

  @Test
  void aSavepointMayBeGoneWhereThisMayBeATakeover(@TempDir Path folder) throws Exception {
    String emptied = Files.createDirectory(folder.resolve("emptied")).toString();
    assertThat(Takeover.savepoint(from(application, emptied))).isEmpty();
    Files.createFile(folder.resolve("_metadata"));
    for (String there : List.of(folder.toString(), folder.toUri() + "_metadata")) {
      assertThat(Takeover.savepoint(from(application, there))).contains(there);
    }
    String gone = folder.resolve("gone").toUri().toString();
    assertThat(Takeover.savepoint(from(application, gone))).isEmpty();
    assertThat(Takeover.savepoint(from(plain, gone))).contains(gone);
    assertThat(Takeover.savepoint(new Configuration())).isEmpty();
  }

  private static Configuration from(Configuration configuration, String savepoint) {
    return configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
  }
}
