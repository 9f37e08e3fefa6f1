package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.UserError;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.RecordKind;
import io.plumbline.jobs.stream.Bootstrapped;
import io.plumbline.savepoints.Savepoint;
import io.plumbline.savepoints.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A savepoint that was made of a lake is what a live job would have left, and goes on as one. */
class BootstrapIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final Duration HISTORY = Duration.ofHours(3);

  /** How far a live job that nothing comes to any more is behind the clock. */
  private static final Duration BEHIND = Duration.ofMinutes(10);

  @TempDir static Path folder;

  private static Servers servers;
  private static Scene web;

  @BeforeAll
  static void archive() throws Exception {
    servers = Servers.start(folder.resolve("servers"));
    web = new Scene(servers, "web", folder.resolve("web")).log(21, HISTORY, 0.5);
    web.archive();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  void keepsWhatALiveJobKeepsThatReadEverythingBeforeTheCut() throws Exception {
    long until = web.first() + new Random(7).nextLong(web.last() - web.first());
    compare("kept-", until, 1);
  }

  /** The live job is behind by more than the cut is old: both are compared as the cut was. */
  @Test
  void keepsPendingEventsAsALiveJobDoes() throws Exception {
    long until = busiest(web.last() - 240_000);
    assertThat(compare("pending-", until, 2)).anyMatch(t -> t.startsWith(KeptState.PENDING));
  }

  /** When most events were ingested shortly before, some of which may be behind the cut. */
  private static long busiest(long from) {
    List<Long> times =
        web.records().stream()
            .filter(placed -> placed.record().kind().rejection().isEmpty())
            .map(placed -> placed.record().ingestedAt())
            .filter(time -> time >= from)
            .toList();
    return times.stream().max(Comparator.comparing(time -> before(times, time))).orElseThrow();
  }

  private static long before(List<Long> times, long time) {
    return times.stream().filter(t -> t <= time && t > time - Scene.DISORDER.toMillis()).count();
  }

  @Test
  void goesOnWithoutLosingAnEventOrTakingOneTwice() throws Exception {
    long until = betweenCopies();
    Path out = folder.resolve("gone on");
    Bootstrapped made = bootstrap(web, until, out, 2);
    Parity parity = new Parity(web, made.knowledgeTime(), 5);
    servers.kafka().createTopic("observations", 1, Servers.CREATE_TIME);
    for (String observation : parity.observations()) {
      byte[] value = observation.getBytes(StandardCharsets.UTF_8);
      servers.send("observations", 0, System.currentTimeMillis(), value);
    }
    servers.flush();
    try (LiveJob live = new LiveJob(servers, "gone-on", web.definitions())) {
      live.start("rocksdb", 1, Places.url(out), "observations");
      live.awaitWritten(System.currentTimeMillis());
      List<JsonNode> answers = live.answers(parity.observations().size());
      parity.read(live.store(), live.progress());
      String taken = live.stop(folder);
      assertThat(Bootstrapped.beside(taken)).as("a savepoint of the job's own").isEmpty();
      Path asked = folder.resolve("asked.jsonl");
      Files.write(asked, parity.questions());
      parity.compare(answers, web.backfill(asked));
    }
  }

  /** A time between an event's first copy and one that is rejected as a duplicate of it. */
  private static long betweenCopies() {
    Map<String, Source> sources = Scene.sources(web.definitions());
    Map<String, Scene.Placed> firsts = new HashMap<>();
    List<Long> times = new ArrayList<>();
    for (Scene.Placed placed : web.records()) {
      GeneratedRecord record = placed.record();
      Optional<String> id = placed.id(sources.get(record.source()));
      if (id.isPresent()) {
        Scene.Placed first = firsts.putIfAbsent(record.source() + id.get(), placed);
        if (first != null && record.kind() == RecordKind.DUPLICATE) {
          long between = record.ingestedAt() - first.record().ingestedAt();
          if (between > 2 * Scene.DISORDER.toMillis()) {
            times.add(first.record().ingestedAt() + between / 2);
          }
        }
      }
    }
    return times.get(times.size() / 2);
  }

  @Test
  void refusesWhatItCannotKnow() throws Exception {
    long until = web.last() - 600_000;
    Path out = folder.resolve("refused");

    assertThat(refusal(web.lake(), System.currentTimeMillis(), out)).contains(" only up to ");
    assertThat(refusal(web.lake(), System.currentTimeMillis() + 600_000, out))
        .contains("is still to come");
    assertThat(refusal(folder.resolve("nowhere"), until, out)).contains("no such folder");
    assertThat(refusal(web.lake(), until, folder)).contains("is there already");
    assertThat(refusal(Files.createDirectory(folder.resolve("empty")), until, out))
        .contains("has nothing of source");

    Path torn = tear(folder.resolve("torn"));
    assertThat(refusal(torn, until, out))
        .contains("lacks records of source page_view: partition 0, offsets ")
        .contains("--accept-holes");
    BootstrapRequest accepting =
        new BootstrapRequest(web.definitions(), torn, until, out, BootstrapRequest.Holes.ACCEPTED);
    assertThat(BootstrapPlan.of(accepting, Clock.systemUTC()).sources()).hasSize(2);
    assertThat(out).doesNotExist();
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("refused"));
    }
  }

  /** A copy of the lake without an hour in the middle of one source. */
  private static Path tear(Path to) throws Exception {
    List<Path> hours = new ArrayList<>();
    try (Stream<Path> files = Files.walk(web.lake())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(web.lake().relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
        if (copy.startsWith(to.resolve("page_view")) && copy.toString().contains("hour=")) {
          hours.add(copy.getParent());
        }
      }
    }
    List<Path> sorted = hours.stream().distinct().sorted().toList();
    Path hour = sorted.get(1);
    try (Stream<Path> files = Files.list(hour)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    return to;
  }

  @Test
  void refusesALogThatHasDroppedWhatComesNext() throws Exception {
    long until = web.first() + HISTORY.toMillis() / 2;
    Path out = folder.resolve("dropped");
    Bootstrapped made = bootstrap(web, until, out, 1);
    Path elsewhere = web.define("dropped-");
    web.copy(elsewhere, placed -> true);
    try (LiveJob live = new LiveJob(servers, "dropped", elsewhere)) {
      assertThatThrownBy(() -> live.start("hashmap", 1, out.toString(), null))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("was read from topic web-page-views, and is to be from dropped-");

      Map<String, Bootstrapped.Cut> cuts = new HashMap<>();
      made.cuts()
          .forEach(
              (source, cut) ->
                  cuts.put(
                      source,
                      new Bootstrapped.Cut(
                          cut.topic().replace("web-", "dropped-"),
                          cut.offsets(),
                          cut.records(),
                          cut.rejected())));
      new Bootstrapped(
              made.product(),
              made.fingerprint(),
              made.untilMs(),
              made.knowledgeTime(),
              cuts,
              made.keys())
          .write(out);
      servers.drop("dropped-page-views", 1, made.cuts().get("page_view").offsets().get(1) + 5);
      live.start("hashmap", 1, out.toUri().toString(), null);
      assertThatThrownBy(() -> live.client().getJobExecutionResult().get(60, TimeUnit.SECONDS))
          .hasStackTraceContaining(": 5 offsets were deleted before they were read");
      live.ended();
    }
  }

  /** Without it a job would read the log from its beginning, on top of the history. */
  @Test
  void refusesASavepointThatHasLostWhereTheLakeWasCut() throws Exception {
    Path out = folder.resolve("lost");
    bootstrap(web, web.first() + HISTORY.toMillis() / 2, out, 1);
    Files.delete(out.resolve(Bootstrapped.FILE));
    String lost = "does not say how far source page_view was read";
    try (LiveJob live = new LiveJob(servers, "lost", web.definitions())) {
      assertThatThrownBy(() -> live.start("hashmap", 1, out.toString(), null))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(lost)
          .hasMessageContaining("_plumbline.json is missing, put it back");
    }
    try (Savepoint savepoint = Savepoint.open(out)) {
      assertThat(Verification.of(savepoint).problems().get(0)).contains(lost);
    }
  }

  private static String refusal(Path lake, long until, Path out) {
    return catchThrowableOfType(
            UserError.class, () -> bootstrap(web.definitions(), lake, until, out, 1))
        .getMessage();
  }

  /** Returns the timelines of all keys. */
  private static List<String> compare(String prefix, long until, int parallelism) throws Exception {
    Path out = folder.resolve(prefix + "made");
    Bootstrapped made = bootstrap(web, until, out, parallelism);
    Path below = web.define(prefix, BEHIND);
    web.copy(below, placed -> isBefore(made, placed));
    String taken;
    try (LiveJob live = new LiveJob(servers, prefix + "live", below)) {
      long everything = System.currentTimeMillis() - BEHIND.toMillis();
      live.start("hashmap", 1, null, null).awaitWritten(everything);
      taken = live.stop(folder);
    }
    KeptState ours = new KeptState(out.toUri().toString(), web.definitions());
    KeptState theirs = new KeptState(taken, below);
    List<String> timelines = new ArrayList<>();
    for (Entity entity : web.loaded().entities()) {
      String uid = Uids.timelines(entity.name());
      long known = until - Scene.DISORDER.toMillis();
      assertThat(ours.knowledgeTimes(uid)).hasSize(parallelism).containsOnly(known);
      long settled = Math.max(known, Collections.max(theirs.knowledgeTimes(uid)));
      Map<String, String> expected = theirs.timelines(entity.name(), settled);
      assertThat(expected).as(prefix + entity.name()).hasSizeGreaterThan(10);
      assertThat(ours.timelines(entity.name(), settled))
          .as(prefix + entity.name())
          .isEqualTo(expected);
      timelines.addAll(expected.values());
    }
    long now = System.currentTimeMillis();
    for (Source source : web.loaded().sources()) {
      assertThat(ours.ids(source.name(), now))
          .as(prefix + source.name())
          .isEqualTo(theirs.ids(source.name(), now));
    }
    return timelines;
  }

  private static boolean isBefore(Bootstrapped made, Scene.Placed placed) {
    Map<Integer, Long> offsets = made.cuts().get(placed.record().source()).offsets();
    return placed.offset() < offsets.getOrDefault(placed.record().partition(), 0L);
  }

  private static Bootstrapped bootstrap(Scene scene, long until, Path out, int parallelism) {
    return bootstrap(scene.definitions(), scene.lake(), until, out, parallelism);
  }

  private static Bootstrapped bootstrap(
      Path definitions, Path lake, long until, Path out, int parallelism) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(parallelism);
    return Bootstrap.run(
        new BootstrapRequest(definitions, lake, until, out, BootstrapRequest.Holes.REFUSED),
        env,
        JobOptions.MAX_PARALLELISM);
  }
}
