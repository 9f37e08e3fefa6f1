package io.plumbline.savepoints.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.savepoints.FlinkRest;
import io.plumbline.savepoints.Json;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Stops and starts jobs of a session cluster. */
final class FlinkJobs {
  static final String RUNNING = "RUNNING";

  /** No job, as far as the cluster knows. */
  static final String UNKNOWN = "UNKNOWN";

  private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "CANCELED", UNKNOWN);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final FlinkRest flink;

  /**
   * What to start.
   *
   * @param id that the job is to have
   * @param savepoint to start from, a URL
   * @param parallelism null for the cluster's own
   * @param settings of Flink's, for this job
   */
  record Start(
      String id,
      List<String> arguments,
      String savepoint,
      Integer parallelism,
      Map<String, String> settings) {}

  FlinkJobs(FlinkRest flink) {
    this.flink = flink;
  }

  /** A number for a job or a request, as Flink writes them. */
  static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** State of a job as Flink calls it; {@link #UNKNOWN} if there is none of that id. */
  String state(String job) {
    for (JsonNode each : flink.get("jobs").path("jobs")) {
      if (each.path("id").asText().equals(job)) {
        return each.path("status").asText();
      }
    }
    return UNKNOWN;
  }

  boolean hasEnded(String job) {
    return ENDED.contains(state(job));
  }

  /** Name of a job. */
  String name(String job) {
    return flink.get("jobs/" + job).path("name").asText();
  }

  /** All jobs that have not ended, by id, with their names. */
  Map<String, String> alive() {
    Map<String, String> names = new TreeMap<>();
    for (JsonNode each : flink.get("jobs/overview").path("jobs")) {
      if (!ENDED.contains(each.path("state").asText())) {
        names.put(each.path("jid").asText(), each.path("name").asText());
      }
    }
    return names;
  }

  /** Whether all tasks of a job run; not if the cluster knows of none, as after its own restart. */
  boolean isRunning(String job) {
    if (!state(job).equals(RUNNING)) {
      return false;
    }
    JsonNode said = flink.get("jobs/" + job);
    for (JsonNode vertex : said.path("vertices")) {
      if (!vertex.path("status").asText().equals(RUNNING)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Asks a job to stop with a savepoint; {@link FlinkRest#awaitSavepoint} says where that is. A
   * number that Flink has seen asks for nothing new.
   *
   * @param trigger number of the request
   */
  void stop(String job, String trigger) {
    ObjectNode body = Json.object().put("drain", false).put("formatType", "CANONICAL");
    flink.post("jobs/" + job + "/stop", PATIENCE, body.put("triggerId", trigger));
  }

  /** The last savepoint that a job is known to have left, a URL. */
  Optional<String> lastSavepoint(String job) {
    if (state(job).equals(UNKNOWN)) {
      return Optional.empty();
    }
    JsonNode path = flink.get("jobs/" + job + "/checkpoints").at("/latest/savepoint/external_path");
    return path.isTextual() ? Optional.of(path.asText()) : Optional.empty();
  }

  void cancel(String job) {
    flink.send(
        "jobs/" + job + "?mode=cancel",
        PATIENCE,
        request -> request.method("PATCH", BodyPublishers.noBody()));
  }

  /**
   * Sees to it that jars can be handed over.
   *
   * @throws UserError if this cluster takes none
   */
  void checkTakesJars() {
    try {
      flink.get("jars");
    } catch (UserError e) {
      throw UserError.invalid(
          "this cluster takes no jars, as one that was started for a single job"
              + " (application mode) or with web.submit.enable: false; roll back with --by-hand,"
              + " which says what to start: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Hands a jar over.
   *
   * @return by what name the cluster knows it
   */
  String upload(Path jar) {
    String boundary = newId();
    String head =
        "--"
            + boundary
            + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
            + jar.getFileName()
            + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n";
    try {
      BodyPublisher body =
          BodyPublishers.concat(
              BodyPublishers.ofString(head),
              BodyPublishers.ofFile(jar),
              BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
      String path =
          flink
              .send(
                  "jars/upload",
                  PATIENCE,
                  request ->
                      request
                          .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                          .POST(body))
              .path("filename")
              .asText();
      return path.substring(path.lastIndexOf('/') + 1);
    } catch (FileNotFoundException e) {
      throw UserError.invalid("the jar " + jar + " is missing", e);
    }
  }

  /** Whether the cluster still has a jar. */
  boolean hasJar(String jar) {
    for (JsonNode file : flink.get("jars").path("files")) {
      if (file.path("id").asText().equals(jar)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Starts a job.
   *
   * @param jar by the cluster's name
   * @throws UserError if it cannot start, saying why
   */
  void start(String jar, Start start) {
    ObjectNode body = Json.object().put("entryClass", "io.plumbline.jobs.app.Plumbline");
    body.set("programArgsList", Json.MAPPER.valueToTree(start.arguments));
    body.put("savepointPath", start.savepoint).put("jobId", start.id);
    if (start.parallelism != null) {
      body.put("parallelism", start.parallelism);
    }
    body.set("flinkConfiguration", Json.MAPPER.valueToTree(start.settings));
    flink.post("jars/" + jar + "/run", PATIENCE, body);
  }

  /** Takes a jar back. */
  void delete(String jar) {
    flink.send("jars/" + jar, PATIENCE, request -> request.DELETE());
  }

  /** Why a job failed the last time, in a few words; empty if it did not, or Flink does not say. */
  Optional<String> failure(String job) {
    if (state(job).equals(UNKNOWN)) {
      return Optional.empty();
    }
    JsonNode entries = flink.get("jobs/" + job + "/exceptions").at("/exceptionHistory/entries");
    return entries.isEmpty()
        ? Optional.empty()
        : Optional.of(FlinkRest.cause(entries.get(0).path("stacktrace").asText()));
  }
}
