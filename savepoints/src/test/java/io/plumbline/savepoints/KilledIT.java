package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.stream.StreamPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls that are killed in the middle: what they leave is no savepoint, and the next call works.
 */
class KilledIT {
  private static final String JOB = "job";
  private static final int MANY = 20_000;

  @TempDir static Path folder;

  private static LiveJobs jobs;
  private static Path definitions;
  private static Shop shop;

  @BeforeAll
  static void start() throws Exception {
    jobs = LiveJobs.start(folder);
    definitions = Shop.definitions(folder.resolve("defs"));
    shop = new Shop(jobs.kafka());
    long now = System.currentTimeMillis();
    shop.buy(100, now - Scene.HOUR, now - 1000);
    StreamPlan plan =
        jobs.start(JOB, definitions, new LiveJobs.Start("hashmap", 1, null, Set.of()));
    jobs.awaitWritten(JOB, plan, shop.last());
  }

  @AfterAll
  static void stop() throws Exception {
    jobs.stop();
  }

  @Test
  void bootstrap() throws Exception {
    Path lake = folder.resolve("lake");
    Path history = shop.history(folder.resolve("history.jsonl"));
    done(
        "import",
        "--defs",
        definitions,
        "--source",
        "purchase",
        "--input",
        history,
        "--lake",
        lake);
    Path parent = Files.createDirectories(folder.resolve("made"));
    Path out = parent.resolve("savepoint");
    Object[] call = {
      "bootstrap",
      "--defs",
      definitions,
      "--lake",
      lake,
      "--out",
      out,
      "--parallelism",
      "1",
      "--until",
      Instant.ofEpochMilli(shop.last())
    };
    kill(() -> names(parent).anyMatch(name -> name.contains("incomplete")), call);

    assertThat(out).doesNotExist();
    String left = names(parent).findFirst().orElseThrow();
    Verb again = done(call);
    assertThat(again.err()).contains(left, "was left by a bootstrap that did not end");
    done("savepoint", "verify", "--path", out);
  }

  @Test
  void take() throws Exception {
    Path catalog = folder.resolve("taken");
    Path target = Files.createDirectories(folder.resolve("target"));
    Object[] call = take(catalog, "--target", target);
    kill(() -> names(target).findAny().isPresent(), call);

    String second = done(call).out().split(" ", 2)[0];
    JsonNode records = done("savepoint", "list", "--catalog", catalog, "--json").json();
    assertThat(records).extracting(record -> record.get("id").asText()).contains(second);
    for (JsonNode record : records) {
      done("savepoint", "verify", record.get("id").asText(), "--catalog", catalog);
    }
  }

  @Test
  void prune() throws Exception {
    Path catalog = folder.resolve("pruned");
    String[] old = done(take(catalog)).out().strip().split(" ", 2);
    String[] newest = done(take(catalog)).out().strip().split(" ", 2);
    Path savepoint = Path.of(old[1]);
    for (int i = 0; i < MANY; i++) {
      // Deleted after the state's, whose names are greater.
      Files.createFile(savepoint.resolve("-more-" + i));
    }
    Object[] call = {"savepoint", "prune", "--catalog", catalog, "--keep", "1", "--yes"};
    kill(() -> names(savepoint).filter(name -> name.startsWith("-more-")).count() < MANY, call);

    assertThat(savepoint.resolve("_metadata")).exists();
    assertThat(done("savepoint", "list", "--catalog", catalog).out()).contains(old[0], newest[0]);
    Verb broken = Verb.call("savepoint", "verify", old[0], "--catalog", catalog);
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.out()).contains(" is missing");
    done(call);
    assertThat(savepoint).doesNotExist();
    assertThat(done("savepoint", "list", "--catalog", catalog).out())
        .contains(newest[0])
        .doesNotContain(old[0]);
    done("savepoint", "verify", newest[0], "--catalog", catalog);
  }

  private static Object[] take(Path catalog, Object... more) throws Exception {
    List<Object> call = new ArrayList<>(List.of("savepoint", "take", "--job", jobs.id(JOB)));
    call.addAll(List.of("--rest", jobs.rest(), "--catalog", catalog, "--why", "killed"));
    call.addAll(List.of(more));
    return call.toArray();
  }

  private static Verb done(Object... arguments) {
    Verb verb = Verb.call(arguments);
    assertThat(verb.exit()).as(verb.out() + verb.err()).isZero();
    return verb;
  }

  /** What a call waits for before it is killed. */
  private interface Seen {
    boolean now() throws IOException;
  }

  /** Runs a call in a process of its own, and kills that at a moment. */
  private static void kill(Seen moment, Object... arguments) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Plumbline.class.getName()));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      LiveJobs.await(
          "the moment to kill it",
          () -> {
            assertThat(process.isAlive()).as(Files.readString(said)).isTrue();
            return moment.now();
          });
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Stream<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
