package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.redis.FeatureStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Holds what a live job answers, and what it leaves in Redis, against a backfill's rows. Keys are
 * of one part.
 */
final class Parity {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OBSERVATIONS = 300;

  private final Definitions definitions;
  private final Map<String, TreeSet<String>> keys = new TreeMap<>();
  private final List<String> observations = new ArrayList<>();
  private final List<String> questions = new ArrayList<>();
  private final List<Stored> held = new ArrayList<>();

  /** What Redis has of a key. */
  private record Stored(String entity, Map<String, Object> values, long at) {}

  /**
   * @param after no observation is of this time or an earlier one, epoch ms
   */
  Parity(Scene scene, long after, long seed) throws IOException {
    definitions = scene.loaded();
    for (Scene.Placed placed : scene.records()) {
      if (!placed.record().kind().isMalformed()) {
        JsonNode event = JSON.readTree(placed.record().payload());
        for (Entity entity : definitions.entities()) {
          TreeSet<String> of = keys.computeIfAbsent(entity.name(), e -> new TreeSet<>());
          Optional.ofNullable(event.path(entity.keys().get(0)).textValue()).ifPresent(of::add);
        }
      }
    }
    Random random = new Random(seed);
    for (int row = 0; row < OBSERVATIONS; row++) {
      long at = after + 1 + random.nextLong(scene.last() - after);
      ObjectNode line = JSON.createObjectNode().put("row", row).put("at", at);
      for (Entity entity : definitions.entities()) {
        List<String> of = List.copyOf(keys.get(entity.name()));
        line.put(entity.keys().get(0), of.get(random.nextInt(of.size())));
      }
      observations.add(line.toString());
    }
    questions.addAll(observations);
  }

  /** Observations for a live job, as JSON. */
  List<String> observations() {
    return observations;
  }

  /** Reads every key, and asks what it should be. */
  void read(FeatureStore store, long written) {
    for (Entity entity : definitions.entities()) {
      store.forEachKey(entity.name(), keys.get(entity.name())::add);
      List<String> all = List.copyOf(keys.get(entity.name()));
      List<Optional<FeatureStore.Stored>> stored = store.readAll(entity.name(), all);
      for (int i = 0; i < all.size(); i++) {
        long at = Math.max(written, stored.get(i).map(FeatureStore.Stored::asOf).orElse(written));
        held.add(
            new Stored(
                entity.name(),
                stored.get(i).map(FeatureStore.Stored::values).orElse(Map.of()),
                at));
        ObjectNode line = JSON.createObjectNode().put("row", questions.size()).put("at", at);
        definitions.entities().forEach(other -> line.putNull(other.keys().get(0)));
        questions.add(line.put(entity.keys().get(0), all.get(i)).toString());
      }
    }
  }

  /** Everything that a backfill is to be asked, as JSON lines. */
  List<String> questions() {
    return questions;
  }

  /** Compares answers, and what was read. */
  void compare(List<JsonNode> answers, List<JsonNode> backfill) throws IOException {
    assertThat(backfill).hasSameSizeAs(questions);
    List<JsonNode> sorted = new ArrayList<>(answers);
    sorted.sort(Comparator.comparingLong(row -> row.get("row").asLong()));
    assertThat(sorted).isEqualTo(backfill.subList(0, OBSERVATIONS));
    List<String> differences = new ArrayList<>();
    int values = 0;
    for (int i = 0; i < held.size(); i++) {
      Stored stored = held.get(i);
      values += stored.values.size();
      JsonNode wanted = backfill.get(OBSERVATIONS + i);
      for (Feature feature : definitions.features()) {
        if (feature instanceof Feature.Windowed windowed
            && feature.entity().equals(stored.entity)) {
          Object value = StoredValue.finish(windowed, stored.values.get(feature.id()), stored.at);
          Object shown = value == null ? feature.info().defaultValue().orElse(null) : value;
          JsonNode is = JSON.readTree(JSON.writeValueAsString(shown));
          if (!is.equals(wanted.path(definitions.column(feature)))) {
            differences.add(wanted + " " + feature.id() + ": " + is);
          }
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(values).isGreaterThan(200);
  }
}
