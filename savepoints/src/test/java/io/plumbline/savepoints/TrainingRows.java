package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a backfill says. */
final class TrainingRows {
  private TrainingRows() {}

  /**
   * Of every user of a shop at a time, by user and shop, e.g. {@code u1|s0}.
   *
   * @param folder for the lake and the table
   * @param history lines for {@code import}
   */
  static Map<String, JsonNode> of(Path folder, Path definitions, List<String> history, long at)
      throws Exception {
    List<String> rows = new ArrayList<>();
    for (int user = 0; user < Shop.USERS; user++) {
      for (int shop = 0; shop < 2; shop++) {
        rows.add(
            String.format(
                "{\"user_id\": \"u%d\", \"shop_id\": \"s%d\", \"at\": \"%s\"}",
                user, shop, Instant.ofEpochMilli(at)));
      }
    }
    return of(
        folder,
        definitions,
        history,
        rows,
        row -> row.get("user_id").asText() + "|" + row.get("shop_id").asText());
  }

  /**
   * Of observations.
   *
   * @param key of a row in what is returned
   */
  static Map<String, JsonNode> of(
      Path folder,
      Path definitions,
      List<String> history,
      List<String> observations,
      Function<JsonNode, String> key)
      throws Exception {
    Files.createDirectories(folder);
    Path lake = folder.resolve("lake");
    Path input = Files.write(folder.resolve("history.jsonl"), history);
    call("import", "--defs", definitions, "--source", "purchase", "--input", input, "--lake", lake);
    List<Object> backfill = new ArrayList<>(List.of("backfill", "--defs", definitions));
    backfill.addAll(List.of("--lake", lake, "--out", folder.resolve("tables")));
    backfill.addAll(
        List.of("--observations", Files.write(folder.resolve("observations.jsonl"), observations)));
    backfill.addAll(List.of("--snapshot", "s", "--format", "jsonl", "--allow-incomplete"));
    backfill.addAll(List.of("--parallelism", "1"));
    call(backfill.toArray());
    return read(folder.resolve("tables"), key);
  }

  private static void call(Object... arguments) {
    Verb verb = Verb.call(arguments);
    assertThat(verb.exit()).as(verb.err()).isZero();
  }

  private static Map<String, JsonNode> read(Path out, Function<JsonNode, String> key)
      throws Exception {
    Map<String, JsonNode> rows = new HashMap<>();
    try (Stream<Path> files = Files.walk(out)) {
      for (Path part : files.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
        for (String line : Files.readAllLines(part)) {
          JsonNode row = Json.MAPPER.readTree(line);
          rows.put(key.apply(row), row);
        }
      }
    }
    return rows;
  }
}
