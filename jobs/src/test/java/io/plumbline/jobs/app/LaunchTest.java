package io.plumbline.jobs.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {
  @TempDir private Path folder;

  @Test
  void aJobSaysItsJarAndItsCall() throws IOException {
    Path jar = Files.writeString(folder.resolve("a.jar"), "abc");
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.JARS, List.of(jar.toUri().toString()));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.getConfig().setGlobalJobParameters(Configuration.fromMap(Map.of("said", "before")));
    Launch.describe(env, List.of("stream", "--redis", "redis://r"));
    assertThat(env.getConfig().getGlobalJobParameters().toMap())
        .containsEntry("said", "before")
        .containsEntry(Launch.JAR, jar.toString())
        .containsEntry(
            Launch.JAR_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        .containsEntry(Launch.ARGUMENTS, "[\"stream\",\"--redis\",\"redis://r\"]");
  }

  @Test
  void aJobWithoutAJarSaysNothing() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Launch.describe(env, List.of("stream"));
    assertThat(env.getConfig().getGlobalJobParameters().toMap()).isEmpty();
  }

  /** Flink names no jar where a cluster was started for one job. */
  @Test
  void aClusterOfItsOwnRunsTheJarThatTheProgramCameFrom() throws IOException {
    Path own = Launch.jarOf(Configuration.class).orElseThrow();
    assertThat(own.getFileName().toString()).startsWith("flink-core").endsWith(".jar");
    assertThat(Launch.jarOf(LaunchTest.class)).isEmpty();
    assertThat(Launch.jar(new Configuration(), Optional.of(own))).contains(own);
    assertThat(Launch.jar(new Configuration(), Optional.empty())).isEmpty();
    Configuration several = new Configuration();
    several.set(PipelineOptions.JARS, List.of("file:/a.jar", "file:/b.jar"));
    assertThat(Launch.jar(several, Optional.of(own))).isEmpty();
  }

  /** A cluster of its own names it from the folder in which it was started. */
  @Test
  void aJarIsFoundWhereverItsUrlBegins() {
    assertThat(Launch.file(URI.create("file:usrlib/a.jar")))
        .isEqualTo(Path.of("usrlib/a.jar").toAbsolutePath());
    assertThat(Launch.file(URI.create("file:/opt/a%20b.jar"))).isEqualTo(Path.of("/opt/a b.jar"));
    assertThat(Launch.file(URI.create("file:///opt/a.jar"))).isEqualTo(Path.of("/opt/a.jar"));
  }

  @Test
  void placesOfFlinksAreUrls() {
    String here = "file:" + Path.of("").toAbsolutePath();
    assertThat(
            Launch.absolute(
                List.of("stream", "--checkpoints", "a b", "--savepoints=/s", "--from", "s3://b/f")))
        .containsExactly(
            "stream", "--checkpoints", here + "/a b", "--savepoints=file:/s", "--from", "s3://b/f");
  }

  @Test
  void filesAreNamedSoThatAnyFolderWillDo() {
    String here = Path.of("").toAbsolutePath().toString();
    assertThat(Launch.absolute(List.of("stream", "--defs", "d", "--redis-ca=c", "--redis", "r")))
        .containsExactly(
            "stream", "--defs", here + "/d", "--redis-ca=" + here + "/c", "--redis", "r");
    assertThat(Launch.absolute(List.of("stream", "--kafka-config", "file:/etc/kafka.properties")))
        .containsExactly("stream", "--kafka-config", "/etc/kafka.properties");
  }

  @Test
  void aJarThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Launch.sha256(folder.resolve("none.jar")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.jar cannot be read");
  }
}
