package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code diff} makes of savepoints of one history, up to other times or of other features. */
class DiffIT {
  private static final String FEATURES =
      """
      features:
        - {name: spend_1h, version: 1, entity: user, source: purchase, value: amount,
           aggregate: sum, window: {sliding: 1h, every: 5m}}
      """;

  private static final String MORE =
      FEATURES
          + """
            - {name: mean_1h, version: 1, entity: user, source: purchase, value: amount,
               aggregate: mean, window: {sliding: 1h, every: 5m}}
            - {name: twice_1h, version: 1, entity: user, derive: 'spend_1h * 2.0'}
          """;

  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

  @TempDir static Path folder;

  private static Path definitions;
  private static Path lake;
  private static Path noon;

  @BeforeAll
  static void makeASavepoint() throws IOException {
    definitions = Shop.definitions(folder.resolve("defs"), FEATURES);
    lake = folder.resolve("lake");
    Path history = folder.resolve("history.jsonl");
    Files.write(
        history,
        List.of(
            purchase("u1", NOON.minus(Duration.ofHours(2))),
            purchase("u2", NOON.minus(Duration.ofMinutes(20))),
            purchase("u3", NOON.plus(Duration.ofMinutes(110)))));
    Shop.importInto(lake, definitions, history);
    noon = bootstrap("noon", definitions, NOON);
  }

  private static String purchase(String user, Instant at) {
    return String.format(
        "{\"id\": \"of %s\", \"user_id\": \"%s\", \"shop_id\": \"s0\", \"at\": %d,"
            + " \"amount\": 5.0, \"_ingested_at\": %d}",
        user, user, at.toEpochMilli(), at.toEpochMilli());
  }

  private static Path bootstrap(String name, Path definitions, Instant until) {
    Path out = folder.resolve(name);
    Verb made =
        Verb.call(
            "bootstrap",
            "--defs",
            definitions,
            "--lake",
            lake,
            "--until",
            until,
            "--out",
            out,
            "--parallelism",
            "1");
    assertThat(made.exit()).as(made.err()).isZero();
    return out;
  }

  @Test
  void tellsFeaturesThatOneLacksThoughBothKeepTheSame() throws Exception {
    Path other = Shop.definitions(folder.resolve("more-defs"), MORE);
    Path more = bootstrap("more", other, NOON);
    Verb diff = Verb.call("savepoint", "diff", noon, more, "--json");
    assertThat(diff.exit()).as(diff.out() + diff.err()).isEqualTo(1);
    assertThat(diff.json().get("definitions"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "feature mean_1h:v1 of user is only in B", "feature twice_1h:v1 of user is only in B");
    assertThat(diff.json().get("equal").asInt()).isEqualTo(1);
    assertThat(Verb.call("savepoint", "diff", more, noon).out())
        .contains("feature mean_1h:v1 of user is only in A");
  }

  @Test
  void leavesOutKeysThatHaveOnlyExpired() throws Exception {
    Path hourLater = bootstrap("hour-later", definitions, NOON.plus(Duration.ofMinutes(100)));
    Verb same = Verb.call("savepoint", "diff", noon, hourLater);
    assertThat(same.exit()).as(same.out() + same.err()).isZero();
    assertThat(same.out()).contains("0 keys are equal, 0 differ, 0 are in one alone");
    assertThat(Verb.call("savepoint", "diff", hourLater, noon).exit()).isZero();

    Path twoHoursLater = bootstrap("two-hours-later", definitions, NOON.plus(Duration.ofHours(2)));
    Verb bought = Verb.call("savepoint", "diff", noon, twoHoursLater, "--json");
    assertThat(bought.exit()).isEqualTo(1);
    assertThat(bought.json().get("only_in_a")).isEmpty();
    assertThat(bought.json().get("only_in_b"))
        .extracting(key -> key.get("key").asText())
        .containsExactly("u3");
  }
}
