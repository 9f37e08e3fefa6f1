package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Sets of features that a backfill is timed with. */
public enum FeatureChoice {
  /** Ten features: sliding windows from an hour to a week, and two over a user's whole life. */
  TEN(
      List.of(
          windowed("count_1h", "count", "1h", "5m"),
          windowed("sum_1h", "sum", "1h", "5m"),
          windowed("count_24h", "count", "24h", "1h"),
          windowed("sum_24h", "sum", "24h", "1h"),
          windowed("count_7d", "count", "7d", "1h"),
          windowed("sum_7d", "sum", "7d", "1h"),
          windowed("mean_24h", "mean", "24h", "1h"),
          windowed("max_7d", "max", "7d", "1h"),
          feature("last_amount", "last", "lifetime"),
          feature("count_all", "count", "lifetime"))),
  /** Four features of a window that is 12 times its slide. */
  HOUR(fourOf("1h")),
  /** The same four of a window that is 8640 times its slide. */
  MONTH(fourOf("30d"));

  private static final String ENTITY = "user";
  private static final String KEY = "user_id";

  private final List<String> features;

  FeatureChoice(List<String> features) {
    this.features = features;
  }

  private static List<String> fourOf(String size) {
    return List.of(
        windowed("count_w", "count", size, "5m"),
        windowed("sum_w", "sum", size, "5m"),
        windowed("mean_w", "mean", size, "5m"),
        windowed("max_w", "max", size, "5m"));
  }

  private static String windowed(String name, String aggregate, String size, String slide) {
    return feature(name, aggregate, "{sliding: " + size + ", every: " + slide + "}");
  }

  private static String feature(String name, String aggregate, String window) {
    return """
          - name: %s
            version: 1
            entity: %s
            source: %s
            aggregate: %s
            value: amount
            window: %s
        """
        .formatted(name, ENTITY, WorkloadWriter.SOURCE, aggregate, window);
  }

  /** Writes the definitions to a folder, and returns it. */
  public Path write(Path parent) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(name().toLowerCase(Locale.ROOT)));
    Files.writeString(folder.resolve("purchase.avsc"), WorkloadWriter.EVENT.toString());
    String head =
        """
        sources:
          - name: %s
            schema: purchase.avsc
            topic: purchases
            encoding: avro
            event_time: purchased_at
            ingested_at: log
            lateness: %dms
            max_clock_skew: %dms
        entities:
          - name: %s
            keys: [%s]
        features:
        """
            .formatted(
                WorkloadWriter.SOURCE,
                WorkloadWriter.LATENESS_MS,
                WorkloadWriter.MAX_CLOCK_SKEW_MS,
                ENTITY,
                KEY);
    Files.writeString(folder.resolve("features.yaml"), head + String.join("", features));
    return folder;
  }
}
