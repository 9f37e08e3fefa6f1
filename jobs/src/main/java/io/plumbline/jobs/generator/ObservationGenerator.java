package io.plumbline.jobs.generator;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Observations to join features to: lines of JSON with {@code row} (from 0), {@code at} (epoch ms),
 * the key fields of the world's entities and a {@code label} of 0 or 1.
 *
 * <p>Now and then a key is unknown to every event or null, or the moment lies before all events.
 */
public final class ObservationGenerator {
  private static final double EARLY = 0.02;
  private static final double UNKNOWN = 0.03;
  private static final double NULL = 0.01;
  private static final long EARLY_MS = 86_400_000;

  private final EventModel model;
  private final SplittableRandom random;
  private final long startMs;
  private final long endMs;
  private long row;

  ObservationGenerator(EventModel model, SplittableRandom random, long startMs, long endMs) {
    this.model = model;
    this.random = random;
    this.startMs = startMs;
    this.endMs = endMs;
  }

  /** The next observation, one line without its end. */
  public String next() {
    long at =
        random.nextDouble() < EARLY
            ? startMs - 1 - random.nextLong(EARLY_MS)
            : startMs + random.nextLong(endMs - startMs + 1);
    return next(at);
  }

  /**
   * The next observation, made at this moment.
   *
   * @param at epoch ms
   */
  public String next(long at) {
    StringBuilder line = new StringBuilder(96);
    line.append("{\"row\":").append(row++).append(",\"at\":").append(at);
    List<String> columns = model.keyColumns();
    List<String> keys = model.someKeys(random);
    int sum = 0;
    for (int i = 0; i < columns.size(); i++) {
      line.append(",\"").append(columns.get(i)).append("\":");
      double u = random.nextDouble();
      if (u < NULL) {
        line.append("null");
      } else {
        String key = u < NULL + UNKNOWN ? "nobody-" + row : keys.get(i);
        line.append('"').append(key).append('"');
        sum += key.hashCode();
      }
    }
    boolean positive = random.nextDouble() < 0.05 + 0.3 * Traits.unit(sum, 99);
    return line.append(",\"label\":").append(positive ? 1 : 0).append('}').toString();
  }

  /** {@link #next} in UTF-8. */
  public byte[] nextBytes() {
    return next().getBytes(StandardCharsets.UTF_8);
  }
}
