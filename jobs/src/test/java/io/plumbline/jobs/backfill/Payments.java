package io.plumbline.jobs.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A folder with definitions over one source of payments, its lake, observations and tables. */
public record Payments(Path folder) {
  /** When the history starts: 2026-03-01T00:00:00Z. */
  static final long START = 1_772_323_200_000L;

  static final long MINUTE = 60_000;
  static final long HOUR = 60 * MINUTE;
  static final long LATENESS = 10 * MINUTE;

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Pay", "fields": [
        {"name": "event_id", "type": "string"},
        {"name": "happened_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "user_id", "type": "string"},
        {"name": "item_id", "type": ["null", "long"], "default": null},
        {"name": "amount", "type": "double"}%s]}
      """;

  private static final String SOURCES =
      """
      sources:
        - name: pay
          schema: pay.avsc
          topic: pay
          encoding: json
          event_time: happened_at
          lateness: 10m
          %s
      entities:
        - name: user
          keys: [user_id]
        - name: user_item
          keys: [user_id, item_id]
      features:
      """;

  Path definitions() {
    return folder.resolve("defs");
  }

  Path lake() {
    return folder.resolve("lake");
  }

  Path out() {
    return folder.resolve("out");
  }

  Path observations() {
    return folder.resolve("observations.jsonl");
  }

  /** Writes definitions without ids of events. */
  Payments define(String features) throws IOException {
    return define("", "", features);
  }

  /**
   * Writes definitions.
   *
   * @param sourceLine one more line of the source
   * @param fields more of the schema's, each after a comma
   * @param features in YAML, one after another
   */
  Payments define(String sourceLine, String fields, String features) throws IOException {
    Files.createDirectories(definitions());
    Files.writeString(definitions().resolve("pay.avsc"), SCHEMA.formatted(fields));
    Files.writeString(
        definitions().resolve("pay.yaml"), SOURCES.formatted(sourceLine) + features.indent(2));
    return this;
  }

  /** YAML of a feature, its lines after the name joined by semicolons. */
  static String feature(String name, String lines) {
    return "- name: "
        + name
        + "\n  version: 1\n  source: pay\n  "
        + lines.replace("; ", "\n  ")
        + "\n";
  }

  /** An event as a line, at its place in the log. */
  static String event(
      String id, long happenedAt, String user, Object item, double amount, long ingestedAt, int n) {
    return String.format(
        "{\"event_id\": \"%s\", \"happened_at\": %d, \"user_id\": \"%s\", \"item_id\": %s,"
            + " \"amount\": %s, \"_ingested_at\": %d, \"_partition\": %d, \"_offset\": %d}",
        id, happenedAt, user, item, amount, ingestedAt, n % 3, n);
  }

  /**
   * Random events over some hours: most in time, some late, some of the future, some twice; amounts
   * are quarters, so that sums are exact.
   */
  static List<String> events(Random random, int count, int hours, double copies) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long ingestedAt = START + random.nextLong(hours * HOUR);
      long delay = random.nextInt(10) == 0 ? random.nextLong(20 * MINUTE) : random.nextLong(2_000);
      long happenedAt = ingestedAt - delay + (random.nextInt(20) == 0 ? 8_000 : 0);
      String user = "u" + (int) (20 * random.nextDouble() * random.nextDouble());
      Object item = random.nextInt(10) == 0 ? null : random.nextInt(5);
      double amount = random.nextInt(-400, 4_000) / 4.0;
      lines.add(event("e" + i, happenedAt, user, item, amount, ingestedAt, lines.size()));
      while (random.nextDouble() < copies) {
        long again = ingestedAt + random.nextLong(-MINUTE, 12 * MINUTE);
        lines.add(event("e" + i, happenedAt, user, item, amount + 1, again, lines.size()));
      }
    }
    return lines;
  }

  /** Imports lines of events. */
  Payments load(List<String> events) throws IOException {
    Path input = Files.write(folder.resolve("pay.jsonl"), events);
    String[] call = {
      "import",
      "--defs",
      "" + definitions(),
      "--source",
      "pay",
      "--input",
      "" + input,
      "--lake",
      "" + lake(),
      "--strict"
    };
    assertThat(Plumbline.commandLine().execute(call)).isZero();
    return this;
  }

  static String observation(int row, long at, String user, Object item) {
    String key = user == null ? "null" : "\"" + user + "\"";
    return String.format(
        "{\"row\": %d, \"at\": %d, \"user_id\": %s, \"item_id\": %s}", row, at, key, item);
  }

  Payments observe(List<String> observations) throws IOException {
    Files.write(observations(), observations);
    return this;
  }

  /** Random observations from some time before the history to some time after it. */
  static List<String> observations(Random random, int count, int hours) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = START + random.nextLong(-HOUR, (hours + 12) * HOUR);
      at = random.nextInt(4) == 0 ? Math.floorDiv(at, HOUR) * HOUR : at;
      Object item = random.nextInt(10) == 0 ? null : random.nextInt(6);
      lines.add(observation(i, at, "u" + random.nextInt(21), item));
    }
    return lines;
  }

  /** Makes the table of all features. */
  Backfill.Result backfill(
      BackfillRequest.Scope scope, RuntimeExecutionMode mode, int parallelism, TableFormat format) {
    return backfill(definitions(), lake(), observations(), out(), scope, mode, parallelism, format);
  }

  /** Makes the table of all features of any definitions. */
  public static Backfill.Result backfill(
      Path definitions,
      Path lake,
      Path observations,
      Path out,
      BackfillRequest.Scope scope,
      RuntimeExecutionMode mode,
      int parallelism,
      TableFormat format) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(parallelism);
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    strict.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(strict);
    BackfillRequest request =
        new BackfillRequest(
            definitions,
            Optional.empty(),
            lake,
            observations,
            "at",
            out,
            "features",
            Optional.empty(),
            Knowledge.AS_KNOWN,
            scope,
            BackfillRequest.Required.COMPLETE,
            format);
    return Backfill.run(request, env, mode, (plan, job) -> {});
  }
}
