package io.plumbline.jobs.backfill;

import static io.plumbline.jobs.backfill.Payments.HOUR;
import static io.plumbline.jobs.backfill.Payments.START;
import static io.plumbline.jobs.backfill.Payments.event;
import static io.plumbline.jobs.backfill.Payments.feature;
import static io.plumbline.jobs.backfill.Payments.observation;
import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.UserError;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.pipeline.JobFailures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.SerializedThrowable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Whatever a user gets wrong ends in one paragraph that names the place and the way out, and leaves
 * no half of a table.
 */
class BadInputIT {
  private static final String SPEND =
      feature("spend", "entity: user; value: amount; aggregate: sum; window: lifetime; retain: 9d");

  @TempDir private Path folder;
  private Payments payments;

  /** How a call of the command line ended. */
  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void makeALakeThatIsFine() throws IOException {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      long at = START + i * HOUR / 10;
      events.add(event("e" + i, at, "u" + i % 3, i % 4, i, at, i));
    }
    payments =
        new Payments(folder)
            .define(SPEND)
            .load(events)
            .observe(List.of(observation(0, START + HOUR, "u1", 1)));
  }

  private static Ended call(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Plumbline.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(arguments.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }

  private Ended backfill(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("backfill", "--defs", payments.definitions().toString()));
    List<String> given = List.of(more);
    addUnless(given, arguments, "--lake", payments.lake());
    addUnless(given, arguments, "--observations", payments.observations());
    addUnless(given, arguments, "--out", payments.out());
    addUnless(given, arguments, "--parallelism", 1);
    arguments.addAll(given);
    return call(arguments);
  }

  private static void addUnless(
      List<String> given, List<String> arguments, String option, Object value) {
    if (!given.contains(option)) {
      arguments.addAll(List.of(option, value.toString()));
    }
  }

  /** Refused, in words that hold all of these, and nothing is left. */
  private void assertRefused(Ended ended, int code, Object... words) throws IOException {
    assertThat(ended.err).doesNotContain("\tat ").doesNotContain("Exception");
    assertThat(ended.code).as(ended.err).isEqualTo(code);
    for (Object word : words) {
      assertThat(ended.err).contains(word.toString());
    }
    if (Files.isDirectory(payments.out())) {
      try (Stream<Path> left = Files.walk(payments.out())) {
        assertThat(left).as("left behind").containsExactly(payments.out());
      }
    }
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private Path aLakeFile() throws IOException {
    try (Stream<Path> files = Files.walk(payments.lake())) {
      return files.filter(f -> f.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
  }

  @Test
  void whatIsFineIsDone() {
    Ended ended = backfill("--snapshot", "one");
    assertThat(ended.err).isEmpty();
    assertThat(ended.code).isZero();
    assertThat(payments.out().resolve("features/one/manifest.json")).exists();
  }

  @Test
  void definitionsWithUnknownNames() throws IOException {
    Path yaml = payments.definitions().resolve("pay.yaml");
    payments.define(SPEND.replace("source: pay", "source: paid"));
    assertRefused(backfill(), 1, yaml, "paid", "pay");
    payments.define(SPEND.replace("entity: user", "entity: usr"));
    assertRefused(backfill(), 1, yaml, "usr", "user");
    payments.define(SPEND);
    String services = "services:\n  - name: m\n    features: [spent]\n";
    Files.writeString(yaml, services, StandardOpenOption.APPEND);
    assertRefused(backfill("--service", "m"), 1, yaml, "spent");
    payments.define(SPEND);
    assertRefused(backfill("--service", "model"), 2, "model");
    assertRefused(
        call(
            List.of(
                "import",
                "--defs",
                "" + payments.definitions(),
                "--source",
                "paid",
                "--input",
                "" + folder.resolve("pay.jsonl"),
                "--lake",
                "" + payments.lake())),
        2,
        "paid",
        "pay");
    assertRefused(call(List.of("validate", "" + folder.resolve("none"))), 2, "none");
  }

  @Test
  void observationsThatCannotBeUsed() throws IOException {
    Path noKey = file("no-key.jsonl", "{\"at\": 0}");
    assertRefused(backfill("--observations", "" + noKey), 1, noKey, "user_id");
    Path noTime = file("no-time.jsonl", "{\"when\": 0, \"user_id\": \"u\"}");
    assertRefused(backfill("--observations", "" + noTime), 1, noTime, "at", "when");
    Path badTime = file("bad.csv", "at,user_id", "2026-03-01T00:00:00Z,u", "yesterday,u");
    assertRefused(backfill("--observations", "" + badTime), 1, badTime, "yesterday", "3");
    Path badKey = file("bad-key.jsonl", "{\"at\": 0, \"user_id\": [1]}");
    assertRefused(backfill("--observations", "" + badKey), 1, badKey, "user_id");
    Path taken = file("taken.csv", "at,user_id,spend", "2026-03-01T00:00:00Z,u,1");
    assertRefused(backfill("--observations", "" + taken), 1, taken, "spend");
    for (String name : List.of("empty.jsonl", "empty.csv", "empty.parquet")) {
      Path empty = Files.createFile(folder.resolve(name));
      assertRefused(backfill("--observations", "" + empty), 1, empty);
    }
    Path header = file("header.csv", "at,user_id");
    assertRefused(backfill("--observations", "" + header), 1, header, "no rows");
    Path noParquet = file("text.parquet", "this is no Parquet");
    assertRefused(backfill("--observations", "" + noParquet), 1, noParquet);
    Path none = folder.resolve("none.csv");
    assertRefused(backfill("--observations", "" + none), 2, none);
    Path unknown = file("rows.xlsx", "x");
    assertRefused(backfill("--observations", "" + unknown), 2, unknown);
    assertRefused(backfill("--timestamp", "time"), 1, payments.observations(), "time");
  }

  @Test
  void halfWrittenLakeFile() throws IOException {
    Path broken = aLakeFile();
    try (FileChannel channel = FileChannel.open(broken, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
    assertRefused(backfill(), 1, broken, "half-written", "remove");
    Files.write(broken, new byte[0]);
    assertRefused(backfill(), 1, broken, "half-written");
  }

  @Test
  void lakeFileWithDamageInItsMiddle() throws IOException {
    Path broken = aLakeFile();
    byte[] bytes = Files.readAllBytes(broken);
    for (int i = 4; i < bytes.length / 2; i++) {
      bytes[i] = (byte) 0xA5;
    }
    Files.write(broken, bytes);
    for (String runtime : List.of("batch", "streaming")) {
      assertRefused(backfill("--runtime", runtime), 1, broken);
    }
  }

  @Test
  void schemaThatGrew() throws IOException {
    String field = ", {\"name\": \"note\", \"type\": [\"null\", \"string\"], \"default\": null}";
    payments.define("", field, SPEND);
    assertThat(backfill("--snapshot", "grown").code).isZero();
  }

  @Test
  void schemaThatChanged() throws IOException {
    Path schema = payments.definitions().resolve("pay.avsc");
    Files.writeString(
        schema,
        Files.readString(schema)
            .replace("\"amount\", \"type\": \"double\"", "\"amount\", \"type\": \"long\""));
    assertRefused(backfill(), 1, ".parquet", "amount", "double amount", "\"long\"");
    payments.define("", ", {\"name\": \"must\", \"type\": \"string\"}", SPEND);
    assertRefused(backfill(), 1, ".parquet", "must");
  }

  @Test
  void lakesWithNothing() throws IOException {
    Path none = folder.resolve("no-lake");
    assertRefused(backfill("--lake", "" + none), 2, none);
    Files.createDirectory(none);
    assertRefused(backfill("--lake", "" + none), 1, none, "pay", "import");
  }

  @Test
  void placesThatAreTaken() throws IOException {
    assertThat(backfill("--snapshot", "one").code).isZero();
    Path manifest = payments.out().resolve("features/one/manifest.json");
    String before = Files.readString(manifest);
    Ended again = backfill("--snapshot", "one");
    assertThat(again.code).isEqualTo(2);
    assertThat(again.err).contains("features/one").contains("never overwritten");
    assertThat(Files.readString(manifest)).isEqualTo(before);
    try (Stream<Path> snapshots = Files.list(payments.out().resolve("features"))) {
      assertThat(snapshots).hasSize(1);
    }
    Path aFile = file("a-file", "x");
    Ended ended = backfill("--out", "" + aFile);
    assertThat(ended.code).isEqualTo(1);
    assertThat(ended.err).contains(aFile.toString()).contains("file").doesNotContain("\tat ");
    assertThat(aFile).hasContent("x");
    assertThat(backfill("--name", "../up").code).isEqualTo(2);
    assertThat(backfill("--snapshot", "a/b").code).isEqualTo(2);
  }

  @Test
  void lakeThatIsNotCompleteYet() throws IOException {
    Path complete = payments.lake().resolve("pay/_complete.json");
    Files.writeString(complete, "{\"knowledge_time\": " + START + "}");
    assertRefused(backfill(), 1, payments.observations(), "pay", "--allow-incomplete");
    assertThat(backfill("--allow-incomplete").code).isZero();
    Files.writeString(complete, "{\"knowledge_time\": \"soon\"}");
    Ended ended = backfill();
    assertThat(ended.code).isEqualTo(1);
    assertThat(ended.err).contains(complete.toString()).doesNotContain("\tat ");
  }

  @Test
  void callsThatMakeNoSense() throws IOException {
    assertRefused(backfill("--knowledge", "all"), 2, "as-known", "hindsight");
    assertRefused(backfill("--runtime", "fast"), 2, "batch", "streaming");
    assertRefused(backfill("--format", "csv"), 2, "parquet", "jsonl");
    assertRefused(backfill("--parallelism", "0"), 2, "parallelism");
    assertRefused(backfill("--managed-memory", "much"), 2, "much", "512m");
    assertRefused(call(List.of("backfill")), 2, "--defs");
    assertRefused(call(List.of("backfil")), 2, "backfil");
  }

  @Test
  void fullDisksAreNamed() {
    IOException full = new IOException("No space left on device");
    RuntimeException explained =
        JobFailures.explain(
            new IllegalStateException("job", new SerializedThrowable(new Exception(full))));
    assertThat(explained).isInstanceOf(UserError.class);
    assertThat(explained.getMessage()).contains("disk is full").contains("run it again");
  }
}
