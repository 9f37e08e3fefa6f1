package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.jobs.stream.Stream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A running cluster, asked over Flink's REST API. */
final class FlinkRest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long POLL_MS = 250;

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param address as in {@code http://localhost:8081}
   */
  FlinkRest(String address) {
    try {
      this.address = URI.create(address.endsWith("/") ? address : address + "/");
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--rest " + address + " is no URL; write http://HOST:PORT");
    }
    if (!"http".equals(this.address.getScheme()) && !"https".equals(this.address.getScheme())) {
      throw UserError.wrongCall("--rest " + address + ": write http://HOST:PORT");
    }
  }

  /** Flink's version. */
  String version() {
    return ask("config", null).path("flink-version").asText();
  }

  /**
   * What a running job says of itself.
   *
   * @throws UserError if there is no such job, or it is not running
   */
  CatalogRecord.Job job(String id) {
    JsonNode job = ask("jobs/" + id, null);
    String state = job.path("state").asText();
    if (!state.equals("RUNNING")) {
      throw UserError.wrongCall(
          "--job " + id + " is " + state + "; only a running job can write a savepoint");
    }
    JsonNode said =
        ask("jobs/" + id + "/config", null).path("execution-config").path("user-config");
    JsonNode generation = said.path(Stream.GENERATION);
    return new CatalogRecord.Job(
        id,
        job.path("name").asText(),
        said.path(Stream.VERSION).asText(null),
        generation.isMissingNode() ? null : (Long) generation.asLong());
  }

  /**
   * Lets a job write a savepoint, and waits for it.
   *
   * @param target folder as a URL; null for the cluster's own
   * @param format as Flink's REST API names it
   * @return where it is, a URL
   * @throws UserError if it fails, saying why, or takes longer
   */
  String savepoint(String job, String target, String format, Duration patience) {
    ObjectNode body = Json.object().put("cancel-job", false).put("formatType", format);
    if (target != null) {
      body.put("target-directory", target);
    }
    String trigger = ask("jobs/" + job + "/savepoints", body).path("request-id").asText();
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      JsonNode answer = ask("jobs/" + job + "/savepoints/" + trigger, null);
      if (answer.path("status").path("id").asText().equals("COMPLETED")) {
        return location(answer.path("operation"));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
    }
    throw UserError.invalid(
        "the savepoint was not complete after "
            + patience.toSeconds()
            + " s; it may still become so, without a record; see the job's checkpoints at "
            + address);
  }

  private static String location(JsonNode operation) {
    String location = operation.path("location").asText("");
    if (location.isEmpty()) {
      String trace = operation.path("failure-cause").path("stack-trace").asText("no cause given");
      throw UserError.invalid("the savepoint failed: " + cause(trace));
    }
    return location;
  }

  /** The innermost cause that a stack trace names, without its class if it says more. */
  static String cause(String trace) {
    String cause = trace.lines().findFirst().orElse(trace);
    for (String line : trace.lines().toList()) {
      if (line.startsWith("Caused by: ")) {
        cause = line.substring("Caused by: ".length());
      }
    }
    String message = cause.replaceFirst("^([\\w$]+\\.)+[\\w$]+: ", "");
    return message.isBlank() ? cause : message;
  }

  private JsonNode ask(String path, JsonNode body) {
    URI uri = address.resolve(path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(PATIENCE);
    if (body != null) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw UserError.wrongCall(uri + ": " + refusal(answer.body()));
      }
      return Json.MAPPER.readTree(answer.body());
    } catch (IOException e) {
      throw UserError.wrongCall(
          "no Flink answers at " + address + " (" + Savepoint.reason(e) + "); see --rest");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.invalid("interrupted while waiting for " + uri);
    }
  }

  private static String refusal(String body) throws IOException {
    JsonNode errors = Json.MAPPER.readTree(body).path("errors");
    for (JsonNode error : errors) {
      if (error.asText().contains("Caused by: ") || error.asText().contains("Exception")) {
        return cause(error.asText());
      }
    }
    return errors.isEmpty() ? body : errors.get(0).asText();
  }
}
