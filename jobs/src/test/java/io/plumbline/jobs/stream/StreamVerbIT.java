package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The verb {@code stream} as its users run it: in a process of its own that is told to end, and
 * from what that has left.
 */
class StreamVerbIT {
  private static final String TOPIC = "clicks";
  private static final String NAMESPACE = "verb";
  private static final String HOURLY =
      Clicks.feature("clicks_1h", "user", "{sliding: 1h, every: 10m}");
  private static final String OF_SHOPS = Clicks.feature("shop_clicks", "shop", "lifetime");
  private static Servers servers;
  private static String savepoint;

  @TempDir static Path folder;

  @BeforeAll
  static void leaveASavepoint() throws Exception {
    servers = Servers.start(folder.resolve("servers"));
    Clicks.createTopic(servers, TOPIC);
    click("a");
    savepoint = runUntil(1, define("first", Clicks.EVER + HOURLY + OF_SHOPS));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @Test
  void goesOnFromTheSavepointThatItLeftWhenItWasToldToEnd() throws Exception {
    click("b");
    String next = runUntil(2, define("same", Clicks.EVER + HOURLY + OF_SHOPS), "--from", savepoint);
    assertThat(next).isNotEqualTo(savepoint);
  }

  @Test
  void refusesALongerWindow() throws Exception {
    String longer = Clicks.feature("clicks_1h", "user", "{sliding: 2h, every: 10m}");

    Verb verb = start(define("longer", Clicks.EVER + longer + OF_SHOPS), "--from", savepoint);

    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err())
        .startsWith("the savepoint was taken under other definitions")
        .contains("feature clicks_1h:v1 means something else: window {sliding: 1h, every: 10m} ->")
        .contains("-> {sliding: 2h, every: 10m}; give the new meaning a new version")
        .doesNotContain("\tat ");
  }

  @Test
  void refusesAnotherMeaning() throws Exception {
    String other = Clicks.EVER.replace("}", ", where: 'shop_id != \"s\"'}");

    Verb verb = start(define("other", other + HOURLY + OF_SHOPS), "--from", savepoint);

    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err())
        .startsWith("the savepoint was taken under other definitions")
        .contains("feature clicks_ever:v1 means something else: where none -> shop_id != \"s\";")
        .doesNotContain("\tat ");
  }

  @Test
  void refusesToLoseAFeatureUnasked() throws Exception {
    Verb verb = start(define("fewer", Clicks.EVER + HOURLY), "--from", savepoint);

    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err()).contains("--drop shop_clicks:v1").doesNotContain("\tat ");
  }

  @Test
  void refusesToDropWhatIsThere() throws Exception {
    Verb verb =
        start(
            define("all", Clicks.EVER + HOURLY + OF_SHOPS),
            "--from",
            savepoint,
            "--drop",
            "shop_clicks:v1");

    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err()).contains("--drop shop_clicks:v1 names no feature that");
  }

  @Test
  void saysThatThereIsNoSuchSavepoint() throws Exception {
    Path nowhere = folder.resolve("nowhere");

    Verb verb = start(define("same-2", Clicks.EVER), "--from", nowhere.toString());

    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err()).startsWith("--from: ").contains(nowhere.toString());
  }

  private static Path define(String name, String features) throws IOException {
    return Clicks.write(folder.resolve(name), TOPIC, features);
  }

  private static void click(String id) throws Exception {
    long now = System.currentTimeMillis();
    servers.send(TOPIC, 0, now, Clicks.click(id, "u", now).getBytes(StandardCharsets.UTF_8));
    servers.flush();
  }

  /** In this process, where it does not get as far as running. */
  private static Verb start(Path definitions, String... more) throws Exception {
    return Verb.call(arguments(definitions, more).toArray(String[]::new));
  }

  private static List<String> arguments(Path definitions, String... more) {
    List<String> arguments = new ArrayList<>(List.of("stream", "--defs", definitions.toString()));
    arguments.addAll(List.of("--brokers", servers.kafka().bootstrap()));
    arguments.addAll(List.of("--redis", servers.redis().uri(), "--namespace", NAMESPACE));
    arguments.addAll(List.of("--name", "verb", "--parallelism", "1"));
    arguments.addAll(List.of("--checkpoints", folder.resolve("checkpoints").toString()));
    arguments.addAll(List.of("--savepoints", folder.resolve("savepoints").toString()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Runs the verb until Redis has so many clicks, and tells it to end. Returns its savepoint. */
  private static String runUntil(long clicks, Path definitions, String... more) throws Exception {
    Path said = folder.resolve(definitions.getFileName() + ".out");
    try (VerbProcess process = new VerbProcess(said, List.of(), arguments(definitions, more));
        RedisConnection redis =
            RedisConnection.open(
                RedisSettings.at(servers.redis().uri()).withNamespace(NAMESPACE))) {
      FeatureStore store = new FeatureStore(redis, DefinitionLoader.load(definitions));
      Await.until(
          clicks + " clicks",
          () ->
              store
                  .read("user", "u")
                  .map(s -> s.values().get("clicks_ever:v1"))
                  .equals(Optional.of(clicks)),
          process::said);
      process.terminate();
      return process.awaitSaid("stopped; go on with --from (\\S+)");
    }
  }
}
