package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.stream.Bootstrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code bootstrap} over imported history. */
class BootstrapVerbIT {
  private static final long NOON = 1_777_636_800_000L;

  @TempDir Path folder;

  @Test
  void makesASavepointOfImportedHistoryAndRefusesToReplaceIt() throws IOException {
    Path defs = define("defs", "");
    Path lake = imported(defs);
    Path out = folder.resolve("made");
    StringWriter said = new StringWriter();

    assertThat(bootstrap(said, defs, lake, "2026-05-01T12:01:00Z", out)).as("%s", said).isZero();

    Bootstrapped made = Bootstrapped.beside(out.toString()).orElseThrow();
    assertThat(made.knowledgeTime()).isEqualTo(NOON + 58_000);
    assertThat(made.keys()).isEqualTo(Map.of("user", 1L));
    assertThat(made.cuts())
        .isEqualTo(
            Map.of("pay", new Bootstrapped.Cut("pay", Map.of(), 4, Map.of("duplicate", 1L))));
    assertThat(said.toString()).contains("  user: 1 keys", "go on with stream --from " + out);

    StringWriter refused = new StringWriter();
    assertThat(bootstrap(refused, defs, lake, "2026-05-01T12:01:00Z", out)).isEqualTo(2);
    assertThat(refused.toString()).startsWith("--out ").doesNotContain("\tat ");
    assertThat(bootstrap(refused, defs, lake, "noon", folder.resolve("x"))).isEqualTo(2);
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.contains("incomplete"));
    }
  }

  /** What was imported between knowledge time and the time that was named, no log has. */
  @Test
  void takesForNewFeaturesTheImportsThatOthersHave() throws IOException {
    Path defs = define("defs", "");
    Path lake = imported(defs);
    Path made = folder.resolve("made");
    StringWriter said = new StringWriter();
    assertThat(bootstrap(said, defs, lake, "2026-05-01T12:01:00Z", made)).as("%s", said).isZero();
    Path more =
        define(
            "more",
            """
              - {name: pays_2h, version: 1, entity: user, source: pay, aggregate: count,
                 window: {sliding: 2h, every: 10m}}
            """);
    Path grown = folder.resolve("grown");
    List<Object> grow = new ArrayList<>(List.of("bootstrap", "--only", "new", "--from", made));
    grow.addAll(List.of("--defs", more, "--lake", lake, "--out", grown, "--parallelism", "2"));
    assertThat(call(said, grow)).as("%s", said).isZero();

    assertThat(Bootstrapped.beside(grown.toString()).orElseThrow().untilMs())
        .isEqualTo(NOON + 60_000);
    StringWriter values = new StringWriter();
    List<Object> inspect = new ArrayList<>(List.of("savepoint", "inspect", "--path", grown));
    inspect.addAll(List.of("--entity", "user", "--key", "a", "--at", "2026-05-01T12:01:00Z"));
    inspect.add("--json");
    assertThat(call(values, inspect)).as("%s", values).isZero();
    JsonNode features = new ObjectMapper().readTree(values.toString()).get("features");
    assertThat(features.get("pays_1h:v1").asLong()).isEqualTo(3);
    assertThat(features.get("pays_2h:v1").asLong()).isEqualTo(3);
  }

  /** Definitions with some more features. */
  private Path define(String name, String more) throws IOException {
    Path defs = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        defs.resolve("pay.avsc"),
        """
        {"type": "record", "name": "Pay", "fields": [
          {"name": "who", "type": "string"},
          {"name": "id", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
        """);
    Files.writeString(
        defs.resolve("pay.yaml"),
        """
        sources:
          - {name: pay, schema: pay.avsc, topic: pay, encoding: json, event_time: at,
             event_id: id, lateness: 1h, ingested_at: record, log_disorder: 2s}
        entities:
          - {name: user, keys: [who]}
        features:
          - {name: pays, version: 1, entity: user, source: pay, aggregate: count,
             window: lifetime}
          - {name: pays_1h, version: 1, entity: user, source: pay, aggregate: count,
             window: {sliding: 1h, every: 10m}}
        """
            + more);
    return defs;
  }

  /** Imports payments of three users into a lake. */
  private Path imported(Path defs) throws IOException {
    Path rows = folder.resolve("pay.jsonl");
    Files.write(
        rows,
        List.of(
            row("a", "1", NOON, NOON),
            row("a", "2", NOON + 1_000, NOON + 1_000),
            row("a", "2", NOON + 1_000, NOON + 9_000),
            row("a", "5", NOON + 2_000, NOON + 59_000),
            row("b", "3", NOON, NOON + 7_200_000),
            row("c", "4", NOON + 60_001, NOON + 60_001)));
    Path lake = folder.resolve("lake");
    String[] call = {
      "import",
      "--defs",
      defs.toString(),
      "--source",
      "pay",
      "--input",
      rows.toString(),
      "--lake",
      lake.toString()
    };
    assertThat(Plumbline.commandLine().execute(call)).isZero();
    return lake;
  }

  private static String row(String who, String id, long at, long ingestedAt) {
    return String.format(
        "{\"who\": \"%s\", \"id\": \"%s\", \"at\": %d, \"_ingested_at\": %d}",
        who, id, at, ingestedAt);
  }

  private static int bootstrap(StringWriter said, Path defs, Path lake, String until, Path out) {
    List<Object> arguments = new ArrayList<>(List.of("bootstrap", "--defs", defs));
    arguments.addAll(List.of("--lake", lake, "--until", until, "--out", out));
    arguments.addAll(List.of("--parallelism", "2"));
    return call(said, arguments);
  }

  private static int call(StringWriter said, List<Object> arguments) {
    PrintWriter writer = new PrintWriter(said, true);
    return Plumbline.commandLine()
        .setOut(writer)
        .setErr(writer)
        .execute(arguments.stream().map(Object::toString).toArray(String[]::new));
  }
}
