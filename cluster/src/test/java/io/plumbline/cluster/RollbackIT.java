package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad release is replaced by the one before it, on a cluster of separate processes. */
class RollbackIT {
  /** Left out unless {@code -Dtests.left.out=none} is given. */
  private static final String LONG = "long";

  private static final long GOOD = 1;
  private static final long BAD = 2;

  /** Buys once, before the release is recorded: after the rollback, only its state knows of it. */
  private static final String QUIET = "quiet";

  private static final String BESIDE = "fs2";
  private static final Path PRODUCT = Path.of("../jobs/target/plumbline/lib").toAbsolutePath();
  private static final String APPLICATION = "scripts/cluster application DIR --from ";
  private static ClusterProcesses cluster;

  @TempDir private Path dir;
  private Path catalog;

  /** What a call came to. */
  private record Said(int exit, String text) {}

  @BeforeAll
  static void startCluster() throws IOException {
    cluster =
        ClusterProcesses.session(
            "rollback",
            "-D",
            "taskmanager.memory.process.size=1700m",
            "-D",
            "taskmanager.memory.jvm-metaspace.size=512m",
            "-D",
            "execution.checkpointing.interval=1s",
            // Of a dozen jobs, some of whose mains run in the JobManager.
            "-D",
            "jobmanager.memory.process.size=1600m",
            "-D",
            "jobmanager.memory.jvm-metaspace.size=640m",
            "-D",
            "pekko.ask.timeout=60s",
            // Small state would lie in the metadata, and no file could be missing.
            "-D",
            "execution.checkpointing.data-inline-threshold=0b");
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** What a test that fails has left would be in the next one's way. */
  @AfterEach
  void cancelJobs() {
    cluster.cancelAll();
  }

  /** Runs the good release, records it, and puts the bad one in its place. Returns the record. */
  private String releaseTheBadOne(Till till) {
    catalog = dir.resolve("catalog");
    cluster.run(concat("-d", "-p", "1", till.stream("good", GOOD)));
    till.open();
    String good = cluster.awaitRunning();
    till.passBy(QUIET);
    till.awaitWritten(GOOD);
    String taken = take(cluster, good);
    cluster.cancel(good);
    till.letCome("new");
    cluster.run(concat("-d", "-p", "1", till.stream("bad", BAD)));
    cluster.awaitRunning();
    till.awaitWritten(BAD);
    return taken;
  }

  /** Records a savepoint of a job. Returns its id. */
  private String take(ClusterProcesses of, String job) {
    Said taken =
        call(
            "savepoint",
            "take",
            "--job",
            job,
            "--rest",
            of.rest(),
            "--catalog",
            catalog.toString(),
            "--why",
            "before the release");
    assertThat(taken.exit).as(taken.text).isZero();
    assertThat(taken.text).doesNotContain("no jar");
    return taken.text.split(" ", 2)[0];
  }

  private String[] rollback(Till till, String to, String... more) {
    return rollback(cluster, till, to, more);
  }

  private String[] rollback(ClusterProcesses of, Till till, String to, String... more) {
    String[] call = {
      "rollback",
      "--to",
      to,
      "--catalog",
      catalog.toString(),
      "--flink",
      of.rest(),
      "--redis",
      till.redis.uri(),
      "--why",
      "thousandfold"
    };
    return concat(call, more);
  }

  @Test
  void whatTheBadReleaseWroteIsWrittenOverOrGone() throws Exception {
    try (Till till = new Till(dir)) {
      String release = releaseTheBadOne(till);
      assertThat(till.hash("staff1")).containsEntry("_gen", "2");
      assertThat(till.keys("fs:kind:*")).hasSize(2);
      List<String> users = new ArrayList<>(List.of(QUIET));
      IntStream.range(0, 8).forEach(i -> users.addAll(List.of("u" + i, "new" + i)));
      Said said;
      try (Reader reader = new Reader(till, users, BAD)) {
        // Others go on to buy once each: of the last before the stop only the log knows.
        said = call(rollback(till, release));
        assertThat(said.exit).as(said.text).isZero();
        assertThat(reader.complaints()).isEmpty();
        assertThat(reader.reads()).isGreaterThan(100);
      }
      assertThat(said.text)
          .contains("generation 3", "kept of the old job", "first value of it served");
      keepReport(said.text);
      assertThat(arguments(take(cluster, cluster.awaitRunning())))
          .as("to go back to it once more")
          .isEqualTo(arguments(release));
      Map<String, Integer> sold = till.shut();
      till.awaitWritten(3);
      check(till, sold);
      assertThat(call("savepoint", "list", "--catalog", catalog.toString()).text)
          .contains("before the release", "stopped by the rollback to " + release);

      Said late = new Said(0, cluster.call("run", concat("-d", till.stream("bad", BAD))));
      assertThat(late.text).contains("generation 3 has taken over the namespace fs");
    }
  }

  private JsonNode arguments(String record) throws IOException {
    JsonNode arguments =
        Verb.done("savepoint", "show", record, "--catalog", catalog).json().at("/launch/arguments");
    assertThat(arguments).isNotEmpty();
    return arguments;
  }

  private static void check(Till till, Map<String, Integer> sold) {
    assertThat(till.keys("fs:kind:*")).isEmpty();
    assertThat(till.commands().hkeys("fs:_progress")).contains("user").doesNotContain("kind");
    assertThat(till.keys("fs:user:*"))
        .containsExactlyInAnyOrderElementsOf(
            sold.keySet().stream().map(user -> "fs:user:" + user).toList());
    sold.forEach(
        (user, count) ->
            assertThat(till.hash(user))
                .containsEntry("_gen", "3")
                .containsEntry("sales:v1", count.toString())
                .containsEntry("turnover:v1", count + ".0"));
  }

  @Test
  @Tag(LONG)
  void readersGoOverToTheJobBesideItAndBack() throws Exception {
    try (Till till = new Till(dir)) {
      cluster.run(concat("-d", "-p", "1", till.stream("good", GOOD)));
      till.open();
      till.awaitWritten(GOOD);
      cluster.run(concat("-d", "-p", "1", till.stream("bad", GOOD, "beside", BESIDE)));
      till.awaitWritten(GOOD, BESIDE);
      assertServed(till, 1);

      assertThat(serving(till, "switch", "--to", BESIDE).text).contains("readers use fs2");
      assertServed(till, Till.WRONG);
      Said back = serving(till, "switch", "--to", Till.NAMESPACE);
      assertThat(back.exit).as(back.text).isZero();
      assertThat(back.text).contains("fs has no entity kind", "back with serving switch --to fs2");
      assertServed(till, 1);
      Said lacks = serving(till, "switch", "--to", Till.NAMESPACE, "--namespace", BESIDE);
      assertThat(lacks.exit).isEqualTo(1);
      assertThat(lacks.text).contains("it has no entity kind");

      Map<String, Integer> sold = till.shut();
      till.awaitWritten(GOOD);
      till.awaitWritten(GOOD, BESIDE);
      Said compared = serving(till, "compare", "--a", Till.NAMESPACE, "--b", BESIDE);
      assertThat(compared.exit).isEqualTo(1);
      assertThat(compared.text.replaceAll(" +", " "))
          .contains("user sales:v1 " + sold.size() + " 0 0 0 8")
          .contains("user turnover:v1 0 " + sold.size() + " 0 0 8");
    }
  }

  /** Each customer's sales by what the serving job takes their amounts for. */
  private static void assertServed(Till till, double each) {
    for (int i = 0; i < 8; i++) {
      Map<String, String> hash = till.served("u" + i);
      double sales = Double.parseDouble(hash.get("sales:v1"));
      assertThat(Double.parseDouble(hash.get("turnover:v1")) / sales).isEqualTo(each);
    }
  }

  private static Said serving(Till till, String... arguments) {
    return call(concat(concat("serving", arguments), "--redis", till.redis.uri()));
  }

  /** Where docs/rollback.md has its figures from. */
  private static void keepReport(String text) throws IOException {
    Files.writeString(Path.of("target/rollback-report.txt"), text);
  }

  @Test
  @Tag(LONG)
  void aRollbackThatIsKilledIsTakenUpAgain() throws Exception {
    try (Till till = new Till(dir)) {
      String release = releaseTheBadOne(till);
      Process tool = process(rollback(till, release));
      Path journal = catalog.resolve("_rollback.json");
      ClusterProcesses.await(
          "the job is stopped",
          () -> Files.exists(journal) && Files.readString(journal).contains("\"FENCED\""));
      Said second = call(rollback(till, release));
      assertThat(second.exit).as(second.text).isEqualTo(1);
      assertThat(second.text).contains("a rollback is going on: to " + release);
      tool.destroyForcibly().waitFor();

      Said other = call(rollback(till, recordOfTheOther(release)));
      assertThat(other.exit).as(other.text).isEqualTo(1);
      assertThat(other.text).contains("was interrupted; go on with it by --to " + release);
      Said again = call(rollback(till, release));
      assertThat(again.exit).as(again.text).isZero();
      assertThat(again.text).contains("going on with what began", "generation 3");
      Map<String, Integer> sold = till.shut();
      till.awaitWritten(3);
      check(till, sold);
      assertThat(journal).doesNotExist();
    }
  }

  @Test
  @Tag(LONG)
  void peopleStartTheReleaseWhereFlinkTakesNoJars() throws Exception {
    try (Till till = new Till(dir)) {
      String release = releaseTheBadOne(till);
      Process tool = process(rollback(till, release, "--by-hand"));
      Path said = dir.resolve("tool.out");
      ClusterProcesses.await("it says what", () -> !toStart().isEmpty());
      String[] call = toStart().replace(APPLICATION, "-d -p 1 -s ").split(" ", -1);
      cluster.run(call);
      assertThat(tool.waitFor()).as(Files.readString(said)).isZero();
      assertThat(Files.readString(said)).contains("started by hand", "kept of the old job");
      Map<String, Integer> sold = till.shut();
      till.awaitWritten(3);
      check(till, sold);
    }
  }

  /** A cluster that was started for one job ends with it, and takes no jars. */
  @Test
  @Tag(LONG)
  void aClusterOfItsOwnIsGoneWhenItsJobIsAndTheCallGoesOn() throws Exception {
    catalog = dir.resolve("catalog");
    String[] options = {
      "-D", "taskmanager.memory.process.size=1400m", "-D", "execution.checkpointing.interval=1s"
    };
    try (Till till = new Till(dir);
        ClusterProcesses own =
            ClusterProcesses.application(
                "rollback-application", concat(options, till.stream("good", GOOD)))) {
      till.open();
      till.awaitWritten(GOOD);
      String release = take(own, own.awaitRunning());
      own.startApplication(concat(options, till.stream("bad", BAD)));
      till.awaitWritten(BAD);
      Process tool = process(rollback(own, till, release, "--by-hand"));
      ClusterProcesses.await("it says what to start", () -> !toStart().isEmpty());
      tool.destroyForcibly().waitFor();
      Process again = process(rollback(own, till, release, "--by-hand"));
      ClusterProcesses.await("it says so again", () -> !toStart().isEmpty());
      own.startApplication(
          concat(options, toStart().replace(APPLICATION, "--from ").split(" ", -1)));
      assertThat(again.waitFor()).as(Files.readString(dir.resolve("tool.out"))).isZero();
      Map<String, Integer> sold = till.shut();
      till.awaitWritten(3);
      check(till, sold);
    }
  }

  /** What the tool says that people are to start; empty if it has not said it yet. */
  private String toStart() throws IOException {
    return Files.readAllLines(dir.resolve("tool.out")).stream()
        .map(String::strip)
        .filter(line -> line.startsWith(APPLICATION))
        .findFirst()
        .orElse("");
  }

  /** The same record under another id. */
  private String recordOfTheOther(String release) throws IOException {
    String id = "other";
    Files.writeString(
        catalog.resolve(id + ".json"),
        Files.readString(catalog.resolve(release + ".json"))
            .replace("\"id\" : \"" + release + "\"", "\"id\" : \"" + id + "\""));
    return id;
  }

  @Test
  @Tag(LONG)
  void whatCannotBeStartedStopsNothing() throws Exception {
    try (Till till = new Till(dir)) {
      String release = releaseTheBadOne(till);
      String bad = cluster.awaitRunning();
      JsonNode record =
          new ObjectMapper().readTree(Files.readAllBytes(catalog.resolve(release + ".json")));
      Path jar = Path.of(record.at("/launch/jar").asText());
      Path aside = jar.resolveSibling("aside");
      Files.move(jar, aside);
      refused(till, release, "its jar " + jar + " is missing");
      Files.writeString(jar, "another");
      refused(till, release, "has been replaced");
      Files.delete(jar);
      Files.move(aside, jar);

      variant(release, "\"flink_version\" : \"2.", "\"flink_version\" : \"1.");
      refused(till, "variant", "of this cluster may not take");
      variant(release, "\"" + till.redis.uri() + "\"", "\"redis://localhost:1\"");
      refused(till, "variant", "and so will the release");

      Path file = stateFile(Path.of(record.path("path").asText()));
      Path moved = dir.resolve("moved");
      Files.move(file, moved);
      refused(till, release, "is not whole");
      Files.move(moved, file);

      till.forgetSales();
      refused(till, release, "the earliest that Kafka still has is");
      assertThat(cluster.awaitRunning()).isEqualTo(bad);
      till.awaitWritten(BAD);

      Said lossy = call(rollback(till, release, "--accept-loss", "--without-savepoint"));
      assertThat(lossy.exit).as(lossy.text).isZero();
      assertThat(lossy.text).contains("generation 3").doesNotContain("kept of the old job");
      assertThat(till.keys("fs:user:staff*")).isEmpty();
    }
  }

  private void refused(Till till, String to, String why) {
    Said said = call(rollback(till, to));
    assertThat(said.exit).as(said.text).isEqualTo(1);
    assertThat(said.text).contains("nothing was changed", why).doesNotContain("\tat ");
  }

  private void variant(String release, String from, String to) throws IOException {
    String record = Files.readString(catalog.resolve(release + ".json"));
    assertThat(record).contains(from);
    Files.writeString(
        catalog.resolve("variant.json"),
        record.replace("\"id\" : \"" + release + "\"", "\"id\" : \"variant\"").replace(from, to));
  }

  private static Path stateFile(Path savepoint) throws IOException {
    try (Stream<Path> files = Files.list(savepoint)) {
      return files.filter(file -> !file.endsWith("_metadata")).findFirst().orElseThrow();
    }
  }

  private static Said call(String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    int exit = Plumbline.commandLine().setOut(out).setErr(out).execute(arguments);
    return new Said(exit, text.toString());
  }

  private Process process(String... arguments) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                PRODUCT.resolve("plumbline-jobs.jar")
                    + ":"
                    + PRODUCT.resolve("plumbline-savepoints.jar"),
                "io.plumbline.jobs.app.Plumbline"));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("tool.out").toFile())
        .start();
  }

  private static String[] concat(String[] first, String... second) {
    return Stream.of(first, second).flatMap(Stream::of).toArray(String[]::new);
  }

  private static String[] concat(String a, String b, String c, String[] more) {
    return concat(new String[] {a, b, c}, more);
  }

  private static String[] concat(String first, String[] second) {
    return concat(new String[] {first}, second);
  }
}
