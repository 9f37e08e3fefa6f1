package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.local.Certificate;
import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RedisConnectionTest {
  private static final String[] RIGHTS = RedisRights.of("plumbline", "hush");

  private static final Duration SHORT = Duration.ofSeconds(1);

  @TempDir private static Path folder;

  private static RedisSettings at(LocalRedis server) {
    return RedisSettings.at(server.uri()).withTimeouts(SHORT, SHORT);
  }

  private static PasswordSource password(String text) throws Exception {
    Path file = folder.resolve("password-" + text);
    Files.writeString(file, text + "\n");
    return new PasswordSource.InFile(file.toString());
  }

  private static void refused(RedisSettings settings, String... saying) {
    assertThatThrownBy(() -> RedisConnection.open(settings).close())
        .isInstanceOf(UserError.class)
        .satisfies(
            error ->
                assertThat(error.getMessage())
                    .contains(settings.place())
                    .contains(saying)
                    .doesNotContain("hush"));
  }

  @Test
  void saysThatNobodyIsThere() {
    RedisSettings settings =
        RedisSettings.at("redis://127.0.0.1:" + LocalRedis.freePort()).withTimeouts(SHORT, SHORT);
    refused(settings, "cannot be reached", "start it, or correct --redis");
  }

  @Test
  void knowsUsersAndPasswords() throws Exception {
    try (LocalRedis server = LocalRedis.in(folder).option("user", RIGHTS).start()) {
      RedisSettings settings = at(server).withUser("plumbline");
      RedisSettings right = settings.withPassword(password("hush"));
      UpdateWriter operator =
          new UpdateWriter(Visits.SET, List.of("user"), WriterOptions.of(right, 1));
      try (WriterHarness<Update> writer = WriterHarness.start(operator, new JobID());
          RedisConnection redis = RedisConnection.open(right)) {
        writer.add(Visits.count("ann", 1, 2));
        writer.finish();
        FeatureStore store = new FeatureStore(redis, Visits.SET.plans().definitions());
        assertThat(store.read("user", "ann").orElseThrow().values()).hasSize(1);
        RewriteSignal signal = new RewriteSignal(redis, "test", 1, "features");
        signal.handled(signal.poll().orElseThrow());
        assertThat(signal.poll()).isEmpty();
      }
      refused(settings.withPassword(password("shush")), "does not accept user and password");
      refused(
          right.withUser("nobody").withPassword(password("shush")),
          "does not accept user and password");
      try (RedisConnection redis = RedisConnection.open(right.withNamespace("other"))) {
        assertThatThrownBy(() -> Fences.raise(redis, 1))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("lacks permissions")
            .hasMessageContaining("docs/redis.md");
      }
      assertThat(right.toString()).doesNotContain("hush\n").doesNotContain(">hush");
    }
  }

  @Test
  void asksForAPasswordThatIsMissing() throws Exception {
    try (LocalRedis server = LocalRedis.in(folder).option("requirepass", "hush").start()) {
      refused(at(server), "does not accept user and password");
      try (RedisConnection redis =
          RedisConnection.open(at(server).withPassword(password("hush")))) {
        assertThat(redis.isCluster()).isFalse();
      }
    }
    assertThatThrownBy(new PasswordSource.Variable("PLUMBLINE_TEST_UNSET")::read)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("PLUMBLINE_TEST_UNSET");
    assertThatThrownBy(new PasswordSource.InFile(folder + "/none")::read)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder + "/none");
  }

  @Test
  void speaksTls() throws Exception {
    Certificate tls = Certificate.in(folder);
    Path key = tls.key();
    Path certificate = tls.certificate();
    int port = LocalRedis.freePort();
    try (LocalRedis server =
        LocalRedis.in(folder)
            .option("tls-port", Integer.toString(port))
            .option("tls-key-file", key.toString())
            .option("tls-cert-file", certificate.toString())
            .option("tls-ca-cert-file", certificate.toString())
            .option("tls-auth-clients", "no")
            .start()) {
      RedisSettings settings =
          RedisSettings.at("rediss://localhost:" + port).withTimeouts(SHORT, SHORT);
      try (RedisConnection redis =
          RedisConnection.open(settings.withCaFile(certificate.toString()))) {
        Fences.raise(redis, 1);
      }
      refused(settings, "TLS fails", "--redis-ca");
      RedisSettings plainPort =
          RedisSettings.at("rediss://localhost:" + server.port()).withTimeouts(SHORT, SHORT);
      refused(plainPort.withCaFile(certificate.toString()), "does not speak TLS");
      refused(
          RedisSettings.at("redis://localhost:" + port).withTimeouts(SHORT, SHORT), "rediss://");
    }
  }

  @Test
  void refusesAddressesThatDoNotFit() {
    assertThatThrownBy(() -> RedisSettings.at("redis://ann:hush@host"))
        .hasMessageContaining("passwords do not belong")
        .hasMessageContaining("redis://***@host")
        .satisfies(error -> assertThat(error.getMessage()).doesNotContain("hush"));
    for (String wrong :
        List.of(
            "host:6379", "http://host", "redis://", "redis://h/x", "redis://a,rediss://b", "")) {
      assertThatThrownBy(() -> RedisSettings.at(wrong))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("redis://host:6379");
    }
    assertThatThrownBy(() -> RedisSettings.at("redis://h").withNamespace("a:b"))
        .isInstanceOf(UserError.class);
  }

  @Test
  void readsAddresses() throws Exception {
    RedisSettings settings = RedisSettings.at("rediss://ann@a:1/3, rediss://[::1]/3");
    assertThat(settings.addresses())
        .containsExactly(new RedisSettings.Address("a", 1), new RedisSettings.Address("::1", 6379));
    assertThat(settings.database()).isEqualTo(3);
    assertThat(settings.user()).isEqualTo("ann");
    assertThat(settings.place()).isEqualTo("rediss://a:1,rediss://[::1]:6379");
    assertThat(InstantiationUtil.clone(settings)).isEqualTo(settings);
  }
}
