package io.plumbline.jobs.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.generator.GeneratorOptions.Dirt;
import io.plumbline.jobs.generator.GeneratorOptions.Keys;
import io.plumbline.jobs.generator.GeneratorOptions.Schedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is particular to each shipped set's world: the things that features are there to find. */
class WorldsTest {
  private static final long START = 1_767_225_600_000L;
  private static final GeneratorOptions PERFECT =
      GeneratorOptions.defaults()
          .withSchedule(new Schedule(START, 30_000, 2))
          .withKeys(new Keys(300, 1, 4))
          .withDirt(Dirt.NONE);

  @Test
  void genreVectorsLieNearTheirGenresCentre() {
    Map<String, List<JsonNode>> byGenre = new HashMap<>();
    for (JsonNode watch : events("media", "watch", "watched_at")) {
      byGenre
          .computeIfAbsent(watch.get("genre").asText(), genre -> new ArrayList<>())
          .add(watch.get("genre_vector"));
    }
    assertThat(byGenre).hasSize(8);
    JsonNode drama = byGenre.get("drama").get(0);
    assertThat(drama).hasSize(32);
    assertThat(byGenre.get("drama"))
        .allSatisfy(vector -> assertThat(distance(vector, drama)).isLessThan(2));
    assertThat(byGenre.get("sport"))
        .allSatisfy(vector -> assertThat(distance(vector, drama)).isGreaterThan(2));
  }

  @Test
  void liveStreamsHaveNoProgressAndTheRestAShare() {
    List<JsonNode> watches = events("media", "watch", "watched_at");
    assertThat(watches).anyMatch(watch -> watch.get("progress").isNull());
    assertThat(watches)
        .filteredOn(watch -> !watch.get("progress").isNull())
        .allSatisfy(watch -> assertThat(watch.get("progress").asDouble()).isBetween(0.0, 1.0));
  }

  @Test
  void declinedPaymentsComeInRuns() {
    Map<String, Boolean> lastDeclined = new HashMap<>();
    int[] afterApproved = new int[2];
    int[] afterDeclined = new int[2];
    for (JsonNode payment : events("payments", "payment", "paid_at")) {
      boolean declined = payment.get("status").asText().equals("declined");
      assertThat(payment.get("decline_reason").isNull()).isEqualTo(!declined);
      Boolean before = lastDeclined.put(payment.get("user_id").asText(), declined);
      if (before != null) {
        (before ? afterDeclined : afterApproved)[declined ? 1 : 0]++;
      }
    }
    assertThat(share(afterApproved)).isBetween(0.02, 0.1);
    assertThat(share(afterDeclined)).isGreaterThan(2 * share(afterApproved));
  }

  @Test
  void parcelsMoveStepByStep() {
    Map<String, Set<String>> follows =
        Map.of(
            "picked_up", Set.of("hub_in"),
            "hub_in", Set.of("hub_out"),
            "hub_out", Set.of("hub_in", "out_for_delivery"),
            "out_for_delivery", Set.of("failed_attempt", "delivered"),
            "failed_attempt", Set.of("out_for_delivery"),
            "delivered", Set.of());
    Map<String, JsonNode> last = new HashMap<>();
    for (JsonNode scan : events("delivery", "scan", "scanned_at")) {
      String status = scan.get("status").asText();
      JsonNode before = last.put(scan.get("parcel_id").asText(), scan);
      assertThat(scan.get("hub_id").isNull()).isEqualTo(!status.startsWith("hub_"));
      if (before != null) {
        assertThat(follows.get(before.get("status").asText())).contains(status);
      }
      if (status.equals("hub_out") && before != null) {
        assertThat(scan.get("hub_id")).isEqualTo(before.get("hub_id"));
      }
    }
    assertThat(last).hasSizeGreaterThan(1_000);
  }

  @Test
  void someRoutesAreLaterThanOthers() {
    Map<String, List<Double>> delays = new HashMap<>();
    for (JsonNode arrival : events("delivery", "arrival", "arrived_at")) {
      if (!arrival.get("delay_minutes").isNull()) {
        delays
            .computeIfAbsent(arrival.get("route_id").asText(), route -> new ArrayList<>())
            .add(arrival.get("delay_minutes").asDouble());
      }
    }
    List<Double> medians =
        delays.values().stream()
            .filter(list -> list.size() > 50)
            .map(list -> list.stream().sorted().toList().get(list.size() / 2))
            .sorted()
            .toList();
    assertThat(medians.get(medians.size() - 1) - medians.get(0)).isGreaterThan(5);
  }

  @Test
  void visitsAreRunsOfPagesAboutTwentySecondsApart() {
    GeneratorOptions alike = PERFECT.withKeys(new Keys(5_000, 0, 4));
    Map<String, Long> lastSeen = new HashMap<>();
    List<Long> gaps = new ArrayList<>();
    for (JsonNode view : events("web", "page_view", "viewed_at", alike)) {
      Long before = lastSeen.put(view.get("visitor_id").asText(), view.get("viewed_at").asLong());
      if (before != null && view.get("referrer").isNull()) {
        gaps.add(view.get("viewed_at").asLong() - before);
      }
    }
    gaps.sort(Comparator.naturalOrder());
    assertThat((double) gaps.get(gaps.size() / 2)).isCloseTo(14_000, within(6_000.0));
    assertThat(gaps.stream().filter(gap -> gap > 1_800_000).count()).isLessThan(gaps.size() / 100);
  }

  @Test
  void passwordsAreGuessedFromManyAddresses() {
    Map<String, Integer> failures = new HashMap<>();
    int successes = 0;
    for (JsonNode login : events("web", "login", "attempted_at")) {
      if (login.get("success").asBoolean()) {
        successes++;
      } else if (login.get("visitor_id").isNull()) {
        failures.merge(login.get("user_id").asText(), 1, Integer::sum);
      }
    }
    assertThat(successes).isGreaterThan(500);
    assertThat(failures.values()).anyMatch(count -> count >= 20);
  }

  private static List<JsonNode> events(String set, String source, String timeField) {
    return events(set, source, timeField, PERFECT);
  }

  /** The source's events by event time. */
  private static List<JsonNode> events(
      String set, String source, String timeField, GeneratorOptions options) {
    List<JsonNode> events = new ArrayList<>();
    EventGenerator.of(set, options)
        .forEachRemaining(
            record -> {
              if (record.source().equals(source)) {
                events.add(AvroJson.parse(record.payload()));
              }
            });
    events.sort(Comparator.comparing(event -> event.get(timeField).asText()));
    return events;
  }

  private static double distance(JsonNode a, JsonNode b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      double difference = a.get(i).asDouble() - b.get(i).asDouble();
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  private static double share(int[] counts) {
    return counts[1] / (double) (counts[0] + counts[1]);
  }
}
