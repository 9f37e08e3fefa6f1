package io.plumbline.jobs.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Observations that no event can belong to get their row, with defaults, in both runtimes. */
class LonelyRowsIT {
  private static final String DEFINITIONS =
      """
      sources:
        - {name: pay, schema: pay.avsc, topic: pay, encoding: json, event_time: at, lateness: 10m}
      entities:
        - {name: user_item, keys: [user_id, item_id]}
      features:
        - {name: n, entity: user_item, source: pay, aggregate: count, window: {tumbling: 1h}}
      """;
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Pay", "fields": [
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "user_id", "type": ["null", "string"], "default": null},
        {"name": "item_id", "type": ["null", "string"], "default": null}]}
      """;
  private static final String EVENT =
      "{\"at\": 1767225600000, \"user_id\": \"\", \"item_id\": \"\", \"_ingested_at\": 1767225600000}";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"batch", "streaming"})
  void aNullKeyIsNobodyNotEvenTheOneWithEmptyKeys(String runtime) throws IOException {
    List<String> rows =
        backfill(
            runtime,
            "{\"at\": 1767225660000, \"user_id\": null, \"item_id\": \"\"}",
            "{\"at\": 1767225660000, \"user_id\": \"\", \"item_id\": \"\"}");
    assertThat(rows)
        .containsExactlyInAnyOrder(
            "{\"at\":1767225660000,\"user_id\":null,\"item_id\":\"\",\"n\":0}",
            "{\"at\":1767225660000,\"user_id\":\"\",\"item_id\":\"\",\"n\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch", "streaming"})
  void aTimeBeforeAllHistoryHasARow(String runtime) throws IOException {
    assertThat(backfill(runtime, "{\"at\": 1700000000000, \"user_id\": \"u\", \"item_id\": \"i\"}"))
        .containsExactly("{\"at\":1700000000000,\"user_id\":\"u\",\"item_id\":\"i\",\"n\":0}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch", "streaming"})
  void theSmallestTimeHasARow(String runtime) throws IOException {
    String at = Long.toString(Long.MIN_VALUE);
    assertThat(backfill(runtime, "{\"at\": " + at + ", \"user_id\": \"u\", \"item_id\": \"i\"}"))
        .containsExactly("{\"at\":" + at + ",\"user_id\":\"u\",\"item_id\":\"i\",\"n\":0}");
  }

  private List<String> backfill(String runtime, String... observations) throws IOException {
    Path definitions = Files.createDirectories(folder.resolve("defs"));
    Files.writeString(definitions.resolve("features.yaml"), DEFINITIONS);
    Files.writeString(definitions.resolve("pay.avsc"), SCHEMA);
    Path events = Files.writeString(folder.resolve("pay.jsonl"), EVENT + "\n");
    Path asked = Files.write(folder.resolve("observations.jsonl"), List.of(observations));
    String lake = folder.resolve("lake").toString();
    String defs = definitions.toString();
    String input = events.toString();
    call("import", "--defs", defs, "--source", "pay", "--input", input, "--lake", lake);
    call(
        "backfill",
        "--defs=" + defs,
        "--lake=" + lake,
        "--observations=" + asked,
        "--out=" + folder.resolve("out"),
        "--snapshot=s",
        "--format=jsonl",
        "--parallelism=1",
        "--managed-memory=64m",
        "--runtime=" + runtime);
    try (Stream<Path> parts = Files.list(folder.resolve("out/features/s"))) {
      Path part =
          parts
              .filter(p -> p.getFileName().toString().startsWith("part-"))
              .findFirst()
              .orElseThrow();
      return Files.readAllLines(part);
    }
  }

  private static void call(String... arguments) {
    assertThat(Plumbline.commandLine().execute(arguments)).isZero();
  }
}
