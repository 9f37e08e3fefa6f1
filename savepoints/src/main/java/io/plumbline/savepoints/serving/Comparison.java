package io.plumbline.savepoints.serving;

import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.StoredHashes;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/** Counts by feature in how many keys two namespaces have the same. */
final class Comparison {
  private static final String AS_OF = "_as_of";

  private final StoredHashes a;
  private final StoredHashes b;
  private final int share;
  private final Map<FeatureOf, Counts> counts =
      new TreeMap<>(Comparator.comparing(FeatureOf::entity).thenComparing(FeatureOf::id));
  private String example;

  /** A feature of an entity. */
  record FeatureOf(String entity, String id) {}

  /**
   * In how many keys.
   *
   * @param equal the same
   * @param differ not the same, at the same time
   * @param otherTime not the same, but not of the same time either
   * @param onlyA there is a value in the first only, at the same time or as the only key
   */
  record Counts(long equal, long differ, long otherTime, long onlyA, long onlyB) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    Counts plus(Counts o) {
      return new Counts(
          equal + o.equal,
          differ + o.differ,
          otherTime + o.otherTime,
          onlyA + o.onlyA,
          onlyB + o.onlyB);
    }
  }

  /**
   * @param share of how many keys one is compared
   */
  Comparison(RedisConnection a, RedisConnection b, int share) {
    this.a = new StoredHashes(a);
    this.b = new StoredHashes(b);
    this.share = share;
  }

  /** Compares all keys of an entity that belong to the sample. */
  void compare(String entity) {
    a.forEachPage(entity, page -> compare(entity, sampled(page), Set.of()));
    b.forEachPage(
        entity,
        page -> {
          List<String> keys = sampled(page);
          Set<String> known = new TreeSet<>();
          List<Map<String, String>> inA = a.read(entity, keys);
          for (int i = 0; i < keys.size(); i++) {
            if (!inA.get(i).isEmpty()) {
              known.add(keys.get(i));
            }
          }
          compare(entity, keys, known);
        });
  }

  private List<String> sampled(List<String> keys) {
    return keys.stream().filter(this::isInSample).distinct().toList();
  }

  private boolean isInSample(String key) {
    CRC32 hash = new CRC32();
    hash.update(key.getBytes(StandardCharsets.UTF_8));
    return hash.getValue() % share == 0;
  }

  private void compare(String entity, List<String> keys, Set<String> without) {
    List<String> left = keys.stream().filter(key -> !without.contains(key)).toList();
    List<Map<String, String>> inA = a.read(entity, left);
    List<Map<String, String>> inB = b.read(entity, left);
    for (int i = 0; i < left.size(); i++) {
      compare(entity, left.get(i), inA.get(i), inB.get(i));
    }
  }

  private void compare(
      String entity, String key, Map<String, String> inA, Map<String, String> inB) {
    Set<String> features = new TreeSet<>(inA.keySet());
    features.addAll(inB.keySet());
    boolean sameTime =
        inA.isEmpty() || inB.isEmpty() || Objects.equals(inA.get(AS_OF), inB.get(AS_OF));
    for (String feature : features) {
      if (feature.charAt(0) != '_') {
        Counts one = count(inA.get(feature), inB.get(feature), sameTime);
        counts.merge(new FeatureOf(entity, feature), one, Counts::plus);
        if (example == null && one.equal == 0 && one.otherTime == 0) {
          example =
              entity
                  + " "
                  + key
                  + " "
                  + feature
                  + ": A "
                  + inA.get(feature)
                  + ", B "
                  + inB.get(feature);
        }
      }
    }
  }

  private static Counts count(String inA, String inB, boolean sameTime) {
    if (Objects.equals(inA, inB)) {
      return new Counts(1, 0, 0, 0, 0);
    }
    if (!sameTime) {
      return new Counts(0, 0, 1, 0, 0);
    }
    if (inB == null) {
      return new Counts(0, 0, 0, 1, 0);
    }
    return inA == null ? new Counts(0, 0, 0, 0, 1) : new Counts(0, 1, 0, 0, 0);
  }

  Map<FeatureOf, Counts> counts() {
    return counts;
  }

  /** A difference, for people. */
  Optional<String> example() {
    return Optional.ofNullable(example);
  }

  /** Whether there was no value that could be compared: none at all, or all of other times. */
  boolean isOfNothing() {
    Counts all = counts.values().stream().reduce(Counts.NONE, Counts::plus);
    return all.equal + all.differ + all.onlyA + all.onlyB == 0;
  }

  /** Whether nothing differs that is of the same time. */
  boolean isEqual() {
    Counts all = counts.values().stream().reduce(Counts.NONE, Counts::plus);
    return all.differ + all.onlyA + all.onlyB == 0;
  }
}
