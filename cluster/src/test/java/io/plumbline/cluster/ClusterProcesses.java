package io.plumbline.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone cluster in a folder of its own, started, used and stopped with {@code
 * scripts/cluster}, as its users do. It is stopped even if this process is killed.
 */
final class ClusterProcesses implements AutoCloseable {
  static final String JOB_MANAGER = "jobmanager";

  /** Processes that live for a minute are not worth the second compiler's work. */
  private static final String QUICK =
      "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC";

  private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "CANCELED");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final String SCRIPT = MODULE.resolveSibling("scripts/cluster").toString();
  private static final Pattern WEB_UI = Pattern.compile("web UI: (http\\S+)");

  private final Path dir;
  private final Process guard;
  private String rest;

  private ClusterProcesses(Path dir) throws IOException {
    this.dir = dir;
    // Its input ends when it is closed or this process ends, in whatever way.
    guard =
        new ProcessBuilder(
                "bash", "-c", "cat >/dev/null; exec \"$@\"", "-", SCRIPT, "stop", dir + "")
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("stop.out").toFile())
            .start();
  }

  /**
   * A cluster that takes jobs.
   *
   * @param name of its folder under target/, which keeps its logs
   * @param options of {@code scripts/cluster start}
   */
  static ClusterProcesses session(String name, String... options) throws IOException {
    return prepared(name).started("start", options);
  }

  /**
   * A cluster for one job.
   *
   * @param options of {@code scripts/cluster application}, with the verb and its arguments
   */
  static ClusterProcesses application(String name, String... options) throws IOException {
    return prepared(name).started("application", options);
  }

  private static ClusterProcesses prepared(String name) throws IOException {
    Path dir = MODULE.resolve("target/clusters").resolve(name);
    delete(dir);
    Files.createDirectories(dir);
    Path flink = MODULE.resolve("target/flink");
    for (String part : List.of("bin", "conf", "lib", "plugins", "usrlib")) {
      Files.createSymbolicLink(dir.resolve(part), flink.resolve(part));
    }
    return new ClusterProcesses(dir);
  }

  private ClusterProcesses started(String command, String... options) {
    try {
      Matcher said = WEB_UI.matcher(script(command, options));
      if (!said.find()) {
        throw new AssertionError("no address of a web UI in what " + command + " printed");
      }
      rest = said.group(1);
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Address of Flink's REST API. */
  String rest() {
    return rest;
  }

  /** Starts what has died, as it was. */
  void revive() {
    script("start");
  }

  /** The same folder, another job. */
  void startApplication(String... options) {
    script("stop");
    started("application", options);
  }

  /** Calls {@code flink run} with options and a verb. Returns what it printed. */
  String run(String... arguments) {
    return script("run", arguments);
  }

  /** Stops the only job with a savepoint. Returns where that is. */
  String stopWithSavepoint() {
    String said = script("stop-job");
    Matcher path = Pattern.compile("Savepoint completed. Path: (\\S+)").matcher(said);
    if (!path.find()) {
      throw new AssertionError("no savepoint: " + said);
    }
    return path.group(1);
  }

  /** Ends a job without a savepoint. */
  void cancel(String job) {
    script("cancel", job);
    await("job " + job + " ends", () -> ENDED.contains(get("/jobs/" + job).path("state").asText()));
  }

  /** Ends all jobs, without a program for each. */
  void cancelAll() {
    try {
      for (JsonNode job : get("/jobs").path("jobs")) {
        if (!ENDED.contains(job.path("status").asText())) {
          String path = "/jobs/" + job.path("id").asText();
          HttpRequest request =
              HttpRequest.newBuilder(URI.create(rest + path))
                  .method("PATCH", HttpRequest.BodyPublishers.noBody())
                  .build();
          HTTP.send(request, HttpResponse.BodyHandlers.discarding());
          await(path + " ends", () -> ENDED.contains(get(path).path("state").asText()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends a process as the loss of its machine would. */
  void kill(String name) throws IOException {
    ProcessHandle process = ProcessHandle.of(pid(name)).orElseThrow();
    process.destroyForcibly();
    await(name + " ends", () -> !process.isAlive());
  }

  /** Lets a process stand still, as a machine does that swaps, until it is resumed. */
  void suspend(String name) throws Exception {
    signal(name, "-STOP");
  }

  /** Lets a process that stood still go on where it was. */
  void resume(String name) throws Exception {
    signal(name, "-CONT");
  }

  private void signal(String name, String signal) throws Exception {
    int exit = new ProcessBuilder("kill", signal, pid(name) + "").inheritIO().start().waitFor();
    if (exit != 0) {
      throw new AssertionError("kill " + signal + " of " + name + ": exit " + exit);
    }
  }

  private long pid(String name) throws IOException {
    return Long.parseLong(Files.readString(dir.resolve("run").resolve(name + ".pid")).strip());
  }

  /** Waits until the JobManager knows of some workers, no more and no less. */
  void awaitWorkers(int count) {
    await(count + " workers", () -> get("/taskmanagers").path("taskmanagers").size() == count);
  }

  /** The TaskManagers that run something. */
  List<String> workersInUse() throws Exception {
    List<String> names = new ArrayList<>();
    for (JsonNode worker : get("/taskmanagers").path("taskmanagers")) {
      if (worker.path("freeSlots").asInt() < worker.path("slotsNumber").asInt()) {
        names.add(worker.path("id").asText());
      }
    }
    return names;
  }

  /** Waits until all tasks of a job run, the only one that has not ended. Returns its id. */
  String awaitRunning() {
    List<String> ids = new ArrayList<>();
    await(
        "one job runs",
        () -> {
          ids.clear();
          for (JsonNode job : get("/jobs").path("jobs")) {
            if (!ENDED.contains(job.path("status").asText())) {
              ids.add(job.path("id").asText());
            }
          }
          return ids.size() == 1 && isRunning(ids.get(0));
        });
    return ids.get(0);
  }

  private boolean isRunning(String job) throws Exception {
    JsonNode state = get("/jobs/" + job);
    for (JsonNode vertex : state.path("vertices")) {
      if (!vertex.path("status").asText().equals("RUNNING")) {
        return false;
      }
    }
    return state.path("state").asText().equals("RUNNING");
  }

  /** Waits until a job has gone on from a checkpoint, as far as this JobManager knows. */
  void awaitRestored(String job) {
    await(
        "job " + job + " is restored",
        () -> get("/jobs/" + job + "/checkpoints").path("counts").path("restored").asLong() > 0);
    awaitRunning();
  }

  /** Waits until some checkpoints of a job are complete. */
  void awaitCheckpoints(String job, int count) {
    await(
        count + " checkpoints are complete",
        () ->
            get("/jobs/" + job + "/checkpoints").path("counts").path("completed").asLong()
                >= count);
  }

  /** Waits until a process has written some words into its log. */
  void awaitSaid(String words) {
    await(
        "a log says: " + words,
        () -> {
          try (Stream<Path> logs = Files.walk(dir.resolve("log"))) {
            for (Path log : logs.filter(Files::isRegularFile).toList()) {
              if (Files.readString(log).contains(words)) {
                return true;
              }
            }
          }
          return false;
        });
  }

  /** What Flink's REST API says. */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(rest + path)).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  /** Looks again and again. What throws IOException is not true yet. */
  static void await(String what, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (IOException e) {
        last = e;
      } catch (Exception e) {
        throw new AssertionError("while waiting until " + what, e);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    } while (System.nanoTime() - deadline < 0);
    throw new AssertionError("not within " + PATIENCE + ": " + what, last);
  }

  private String script(String command, String... arguments) {
    String said = call(command, arguments);
    if (!said.endsWith("\nexit 0")) {
      throw new AssertionError("scripts/cluster " + command + ": " + said);
    }
    return said;
  }

  /** What a command printed, and on a line of its own how it ended. */
  String call(String command, String... arguments) {
    try {
      List<String> line = new ArrayList<>(List.of(SCRIPT, command, dir.toString()));
      line.addAll(List.of(arguments));
      Path said = dir.resolve(command + ".out");
      ProcessBuilder program =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
      program.environment().put("JDK_JAVA_OPTIONS", QUICK);
      Process process = program.start();
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return Files.readString(said) + "\nexit " + (ended ? process.exitValue() : "never");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + command, e);
    }
  }

  @Override
  public void close() {
    try {
      guard.getOutputStream().close();
      if (!guard.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(dir + " does not stop");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path dir) throws IOException {
    if (Files.exists(dir)) {
      try (Stream<Path> paths = Files.walk(dir)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
