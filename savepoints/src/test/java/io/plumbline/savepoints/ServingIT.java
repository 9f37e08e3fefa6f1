package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.stream.StreamPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two live jobs, each in a namespace of its own, and readers that go from one to the other. */
class ServingIT {
  private static final long HOUR = 3_600_000;

  @TempDir static Path folder;

  private static LiveJobs jobs;
  private static Path definitions;

  /** The second job takes each sale of a shop twice. */
  @BeforeAll
  static void startJobs() throws Exception {
    definitions = Shop.definitions(folder.resolve("defs"));
    Path others = Shop.definitions(folder.resolve("others"));
    Path file = others.resolve("shop.yaml");
    String sales = "entity: shop, source: purchase, value: amount,";
    assertThat(Files.readString(file)).contains(sales);
    Files.writeString(
        file, Files.readString(file).replace(sales, sales.replace("amount", "amount * 2.0")));
    jobs = LiveJobs.start(folder);
    jobs.kafka().createTopic("observations", 1, Map.of());
    Shop shop = new Shop(jobs.kafka());
    long now = System.currentTimeMillis();
    shop.buy(200, now - HOUR, now - 2_000);
    StreamPlan blue = jobs.start("blue", "hashmap", definitions, "observations");
    StreamPlan green = jobs.start("green", "hashmap", others, "observations");
    jobs.awaitWritten("blue", blue, shop.last());
    jobs.awaitWritten("green", green, shop.last());
  }

  @AfterAll
  static void stop() throws Exception {
    jobs.stop();
  }

  @Test
  void differencesAreCountedByFeature() {
    Verb verb = serving("compare", "--a", "blue", "--b", "green");
    assertThat(verb.exit()).as(verb.out() + verb.err()).isEqualTo(1);
    assertThat(verb.out().replaceAll(" +", " "))
        .contains("shop sales:v1 0 2 0 0 0", "user purchases:v1 11 0 0 0 0")
        .contains("for example shop s");
    assertThat(serving("compare", "--a", "blue", "--b", "blue").exit()).isZero();
    Verb sampled = serving("compare", "--a", "blue", "--b", "green", "--sample", "1/1000000");
    assertThat(sampled.exit()).isEqualTo(1);
    assertThat(sampled.out()).contains("nothing was compared");
    assertThat(serving("compare", "--a", "x", "--b", "y").exit()).isEqualTo(2);
    assertThat(serving("compare", "--a", "x", "--b", "y", "--sample", "0.5").err())
        .contains("write 1/N");
  }

  @Test
  void readersGoOverAndBack() {
    Verb there = serving("switch", "--to", "green", "--namespace", "blue");
    assertThat(there.exit()).as(there.err()).isZero();
    assertThat(there.out()).contains("readers use green; back with serving switch --to blue");
    assertThat(servingNamespace()).isEqualTo("green");
    Verb show = serving("show", "--namespace", "blue");
    assertThat(show.out()).contains("readers use the namespace green", "user", "shop");

    Verb nowhere = serving("switch", "--to", "red", "--namespace", "blue");
    assertThat(nowhere.exit()).isEqualTo(1);
    assertThat(nowhere.err()).contains("do not use red: nothing says how far it is written");
    assertThat(servingNamespace()).isEqualTo("green");
    assertThat(serving("switch", "--to", "red", "--namespace", "blue", "--force").exit()).isZero();
    assertThat(serving("switch", "--to", "blue", "--namespace", "blue").exit()).isZero();
    assertThat(servingNamespace()).isEqualTo("blue");
  }

  @Test
  void aNamespaceThatIsBehindIsNotUsed() {
    RedisSettings settings = RedisSettings.at(jobs.redis());
    try (RedisConnection redis = RedisConnection.open(settings)) {
      redis.ask(c -> c.hset("slow:_progress", Map.of("user", "1000", "_gen:user", "1")));
      Verb lacks = serving("switch", "--to", "slow", "--namespace", "green");
      assertThat(lacks.err()).contains("it has no entity shop");
      redis.ask(c -> c.hset("slow:_progress", Map.of("shop", "1000", "_gen:shop", "1")));
      Verb behind = serving("switch", "--to", "slow", "--namespace", "green");
      assertThat(behind.exit()).isEqualTo(1);
      assertThat(behind.err()).contains("ms behind, more than 10s");
    }
  }

  @Test
  void readersMayGoBackToWhatLacksAnEntity() {
    try (RedisConnection redis = RedisConnection.open(RedisSettings.at(jobs.redis()))) {
      redis.ask(c -> c.hset("older:_progress", Map.of("user", "1000", "_gen:user", "1")));
      Verb there = serving("switch", "--to", "green", "--namespace", "older");
      assertThat(there.exit()).as(there.err()).isZero();
      String[] back = {
        "switch", "--to", "older", "--namespace", "older", "--most-behind", "36500d"
      };
      Verb again = serving((Object[]) back);
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(again.out())
          .contains("older has no entity shop: of its keys readers get defaults");
    }
  }

  @Test
  void namespacesFencesAreTheirOwn() {
    RedisSettings settings = RedisSettings.at(jobs.redis());
    try (RedisConnection third = RedisConnection.open(settings.withNamespace("third"));
        RedisConnection blue = RedisConnection.open(settings.withNamespace("blue"))) {
      Fences.raise(third, 99);
      assertThat(Fences.highest(blue)).hasValue(LiveJobs.GENERATION);
      assertThat(Fences.highest(third)).hasValue(99);
    }
  }

  @Test
  void aVersionIsPinnedAndUnpinned() {
    Verb pin = pin("pin", "spend_1h", "--version", "1", "--defs", definitions);
    assertThat(pin.exit()).as(pin.err()).isZero();
    assertThat(serving("show", "--namespace", "green").out()).contains("pinned: spend_1h:v1");
    assertThat(pin("unpin", "spend_1h").exit()).isZero();
    assertThat(pin("unpin", "spend_1h").err())
        .contains("spend_1h is not pinned in green; nothing is");
    Verb unknown = pin("pin", "spend", "--version", "1", "--defs", definitions);
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("has no feature spend; it has spend_1h, count_10m");
    Verb version = pin("pin", "spend_1h", "--version", "7", "--defs", definitions);
    assertThat(version.exit()).isEqualTo(2);
    assertThat(version.err()).contains("has no version 7 of spend_1h; it has 1");
  }

  /** Readers begin in one namespace, and use another. */
  @Test
  void whatServesIsPinnedAndASwitchSaysWhatIsNotPinnedThere() {
    assertThat(serving("switch", "--to", "green", "--namespace", "begin", "--force").exit())
        .isZero();
    Object[] begin = {"--redis", jobs.redis(), "--namespace", "begin"};
    Verb pin =
        Verb.call(concat(new Object[] {"pin", "spend_1h", "--version", "1"}, begin, definitions()));
    assertThat(pin.exit()).as(pin.err()).isZero();
    assertThat(pin.out()).contains("spend_1h: version 1 is pinned in green");
    assertThat(serving("show", "--namespace", "begin").out()).contains("pinned: spend_1h:v1");
    Verb back = serving("switch", "--to", "blue", "--namespace", "begin", "--force");
    assertThat(back.out()).contains("spend_1h:v1 is pinned in green, not in blue: pin it again");
    assertThat(Verb.call(concat(new Object[] {"unpin", "spend_1h"}, begin)).err())
        .contains("not pinned in blue");
    assertThat(pin("unpin", "spend_1h").out()).contains("no version is pinned in green any more");
  }

  private static Object[] definitions() {
    return new Object[] {"--defs", definitions};
  }

  private static Object[] concat(Object[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray();
  }

  private static Verb pin(Object... arguments) {
    Object[] call = new Object[arguments.length + 4];
    System.arraycopy(arguments, 0, call, 0, arguments.length);
    Object[] place = {"--redis", jobs.redis(), "--namespace", "green"};
    System.arraycopy(place, 0, call, arguments.length, 4);
    return Verb.call(call);
  }

  private static Verb serving(Object... arguments) {
    Object[] call = new Object[arguments.length + 3];
    call[0] = "serving";
    System.arraycopy(arguments, 0, call, 1, arguments.length);
    call[call.length - 2] = "--redis";
    call[call.length - 1] = jobs.redis();
    return Verb.call(call);
  }

  private static String servingNamespace() {
    RedisSettings settings = RedisSettings.at(jobs.redis()).withNamespace("blue");
    try (RedisConnection redis = RedisConnection.open(settings)) {
      return FeatureStore.servingNamespace(redis);
    }
  }
}
