package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.Avro;
import io.plumbline.jobs.redis.FeatureStore.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Redis comes back with what it held some time ago. */
class OldSnapshotIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final String DEFINITIONS =
      """
      sources:
        - {name: click, schema: click.avsc, topic: clicks, encoding: json, event_time: at,
           ingested_at: log, log_disorder: 200ms, lateness: 1s}
      entities:
        - {name: user, keys: [user_id]}
        - {name: shop, keys: [shop_id]}
      features:
        - {name: clicks_2s, version: 1, entity: user, source: click, aggregate: count,
           window: {sliding: 2s, every: 1s}}
        - {name: clicks_ever, version: 1, entity: shop, source: click, aggregate: count,
           window: lifetime}
      """;

  @TempDir static Path folder;

  @Test
  void whatStateDoesNotKnowGoesAndProgressWaitsForTheRest() throws Exception {
    Files.writeString(folder.resolve("clicks.yaml"), DEFINITIONS);
    Files.writeString(
        folder.resolve("click.avsc"),
        Avro.schema(
                "{'name':'user_id','type':'string'},{'name':'shop_id','type':'string'},"
                    + "{'name':'at','type':'long'}")
            .toString());
    LiveRun.Options options = LiveRun.Options.of(folder).tombstone(Duration.ofMillis(500));
    try (Servers servers = Servers.start(folder.resolve("servers"))) {
      servers.kafka().createTopic("clicks", 2, Servers.APPEND_TIME);
      try (LiveRun run = new LiveRun(servers, "old", options)) {
        run.start(LiveRun.Mode.of(2, "hashmap"));
        click(servers, "u");
        Await.until("the first click", () -> clicksEver(run) == 1);
        Await.until("its user", () -> users(run).equals(Set.of("u")));
        Map<String, String> nobody = Map.of("_gen", "1", "_as_of", "1000", "_seq", "1");
        run.redis().ask(c -> c.hset("old:user:nobody", nobody));
        run.redis().ask(c -> c.set("in the snapshot", "yes"));
        run.redis().ask(c -> c.save());
        run.redis().ask(c -> c.del("in the snapshot"));

        Await.until("the user to be forgotten", () -> users(run).equals(Set.of("nobody")));
        click(servers, "v");
        Await.until("the second click", () -> clicksEver(run) == 2);
        run.awaitWritten(System.currentTimeMillis());

        servers.redis().restart();
        assertThat(run.redis().<String>ask(c -> c.get("in the snapshot"))).isEqualTo("yes");
        long before = run.progress();
        Await.until("progress", () -> run.progress() > before);
        assertThat(clicksEver(run)).isEqualTo(2);
        run.awaitWritten(System.currentTimeMillis());
        assertThat(users(run)).doesNotContain("u", "nobody");
        assertThat(clicksEver(run)).isEqualTo(2);
      }
    }
  }

  private static void click(Servers servers, String user) throws Exception {
    servers.send(
        "clicks",
        0,
        String.format(
            "{\"user_id\": \"%s\", \"shop_id\": \"s\", \"at\": %d}",
            user, System.currentTimeMillis()));
    servers.flush();
  }

  private static long clicksEver(LiveRun run) {
    Optional<Stored> stored = run.store().read("shop", "s");
    return stored.map(s -> (Long) s.values().get("clicks_ever:v1")).orElse(0L);
  }

  private static Set<String> users(LiveRun run) {
    Set<String> users = new TreeSet<>();
    run.store().forEachKey("user", users::add);
    return users;
  }
}
