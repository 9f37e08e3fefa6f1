package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.redis.TestCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Redis holds something else than what was written there, and gets all of it again. */
class LiveRewriteIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final int USERS = 300;
  private static final String FEATURE = "clicks_ever:v1";

  private static Servers servers;

  @TempDir static Path folder;

  private int clicks;

  @BeforeAll
  static void startServers() throws IOException {
    servers = Servers.start(folder.resolve("servers"));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @Test
  void keysThatAreGoneComeBackWhenTheVerbAsksForThem() throws Exception {
    try (LiveRun run = start("asked")) {
      click(run, 0, USERS);
      awaitClicks(run, 0, USERS, 1);
      run.awaitWritten(0);
      run.redis().ask(c -> c.del("asked:user:u7", "asked:user:u8"));
      run.redis().ask(c -> c.hset("asked:user:u9", FEATURE, "77"));

      Verb verb = Verb.call("rewrite", "--redis", servers.redis().uri(), "--namespace", "asked");

      assertThat(verb)
          .isEqualTo(new Verb(0, "asked for; running jobs write again within seconds\n", ""));
      awaitClicks(run, 0, USERS, 1);
      run.awaitWritten(0);
    }
  }

  @Test
  void aServerThatComesBackWithAnOlderSnapshotIsBroughtUpToDate() throws Exception {
    try (LiveRun run = start("snapshot")) {
      click(run, 0, USERS);
      awaitClicks(run, 0, USERS, 1);
      run.redis().ask(c -> c.set("in-snapshot", "yes"));
      run.redis().ask(c -> c.save());
      run.redis().ask(c -> c.del("in-snapshot"));
      click(run, 0, USERS + 100);
      awaitClicks(run, 0, USERS, 2);
      awaitClicks(run, USERS, USERS + 100, 1);

      servers.redis().restart();

      Await.until(
          "the snapshot", () -> "yes".equals(run.redis().<String>ask(c -> c.get("in-snapshot"))));
      awaitClicks(run, 0, USERS, 2);
      awaitClicks(run, USERS, USERS + 100, 1);
      run.awaitWritten(System.currentTimeMillis());
    }
  }

  @Test
  void aClusterHasAllThatAServerHas() throws Exception {
    try (TestCluster cluster = new TestCluster(folder.resolve("nodes"));
        LiveRun run =
            new LiveRun(servers, "nodes", define("nodes").redis(cluster.uris()))
                .start(LiveRun.Mode.of(2, "rocksdb"))) {
      click(run, 0, USERS);
      servers.send("nodes", 0, "no click");
      awaitClicks(run, 0, USERS, 1);
      run.awaitWritten(System.currentTimeMillis());
      Await.until(
          "what is rejected",
          () -> run.rejected().equals(Map.of("click", Map.of("malformed", 1L))),
          run::rejected);
      run.redis().ask(c -> c.del("nodes:user:u7"));
      run.redis().ask(c -> c.hset("nodes:user:u9", FEATURE, "77"));

      Verb verb = Verb.call("rewrite", "--redis", cluster.uris(), "--namespace", "nodes");

      assertThat(verb.exit()).as(verb.err()).isZero();
      awaitClicks(run, 0, USERS, 1);
      run.awaitWritten(System.currentTimeMillis());
    }
  }

  private static LiveRun start(String name) throws Exception {
    return new LiveRun(servers, name, define(name)).start(LiveRun.Mode.of(2, "rocksdb"));
  }

  private static LiveRun.Options define(String name) throws IOException {
    Clicks.createTopic(servers, name);
    return LiveRun.Options.of(Clicks.write(folder.resolve(name), name, Clicks.EVER));
  }

  /** One click of each of some users. */
  private void click(LiveRun run, int from, int to) throws Exception {
    String topic = run.plans().definitions().source("click").topic();
    long now = System.currentTimeMillis();
    for (int user = from; user < to; user++) {
      String text = Clicks.click("c" + clicks++, "u" + user, now);
      servers.send(topic, 0, now, text.getBytes(StandardCharsets.UTF_8));
    }
    servers.flush();
  }

  private static void awaitClicks(LiveRun run, int from, int to, long count) throws Exception {
    List<String> users = IntStream.range(from, to).mapToObj(user -> "u" + user).toList();
    Await.until(
        count + " clicks of each user",
        () -> wrong(run, users, count).isEmpty(),
        () -> wrong(run, users, count));
  }

  private static Map<String, Object> wrong(LiveRun run, List<String> users, long count) {
    Map<String, Object> wrong = new TreeMap<>();
    var stored = new ArrayList<>(run.store().readAll("user", users));
    for (int i = 0; i < users.size(); i++) {
      Optional<Object> value = stored.get(i).map(s -> s.values().get(FEATURE));
      if (!value.equals(Optional.of(count))) {
        wrong.put(users.get(i), value);
      }
    }
    return wrong;
  }
}
