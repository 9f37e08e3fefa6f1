package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.stream.Bootstrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb {@code bootstrap} over imported history. */
class BootstrapVerbIT {
  @TempDir Path folder;

  @Test
  void makesASavepointOfImportedHistoryAndRefusesToReplaceIt() throws IOException {
    Path defs = Files.createDirectories(folder.resolve("defs"));
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
        """);
    Path rows = folder.resolve("pay.jsonl");
    long noon = 1_777_636_800_000L;
    Files.write(
        rows,
        List.of(
            row("a", "1", noon, noon),
            row("a", "2", noon + 1_000, noon + 1_000),
            row("a", "2", noon + 1_000, noon + 9_000),
            row("b", "3", noon, noon + 7_200_000),
            row("c", "4", noon + 60_001, noon + 60_001)));
    Path lake = folder.resolve("lake");
    Path out = folder.resolve("made");
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
    StringWriter said = new StringWriter();

    assertThat(bootstrap(said, defs, lake, "2026-05-01T12:01:00Z", out)).as("%s", said).isZero();

    Bootstrapped made = Bootstrapped.beside(out.toString()).orElseThrow();
    assertThat(made.knowledgeTime()).isEqualTo(noon + 58_000);
    assertThat(made.keys()).isEqualTo(Map.of("user", 1L));
    assertThat(made.cuts())
        .isEqualTo(
            Map.of("pay", new Bootstrapped.Cut("pay", Map.of(), 3, Map.of("duplicate", 1L))));
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

  private static String row(String who, String id, long at, long ingestedAt) {
    return String.format(
        "{\"who\": \"%s\", \"id\": \"%s\", \"at\": %d, \"_ingested_at\": %d}",
        who, id, at, ingestedAt);
  }

  private static int bootstrap(StringWriter said, Path defs, Path lake, String until, Path out) {
    String[] call = {
      "bootstrap",
      "--defs",
      defs.toString(),
      "--lake",
      lake.toString(),
      "--until",
      until,
      "--out",
      out.toString(),
      "--parallelism",
      "2"
    };
    PrintWriter writer = new PrintWriter(said, true);
    return Plumbline.commandLine().setOut(writer).setErr(writer).execute(call);
  }
}
