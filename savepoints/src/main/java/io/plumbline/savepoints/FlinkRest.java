package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.jobs.app.Launch;
import io.plumbline.jobs.stream.Stream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** A running cluster, asked over Flink's REST API. */
public final class FlinkRest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long POLL_MS = 250;

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();

  /**
   * @param address as in {@code http://localhost:8081}
   */
  public FlinkRest(String address) {
    try {
      this.address = URI.create(address.endsWith("/") ? address : address + "/");
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--rest " + address + " is no URL; write http://HOST:PORT");
    }
    if (!"http".equals(this.address.getScheme()) && !"https".equals(this.address.getScheme())) {
      throw UserError.wrongCall("--rest " + address + ": write http://HOST:PORT");
    }
    if (this.address.getHost() == null) {
      throw UserError.wrongCall(
          "--rest "
              + address
              + " names no host; write http://HOST:PORT, HOST of letters, digits, hyphens and dots"
              + " or an IP address");
    }
  }

  /**
   * @throws UserError if {@code --job} can be no job's number
   */
  public static void checkJob(String id) {
    if (!id.matches("[0-9A-Za-z]+")) {
      throw UserError.wrongCall(
          "--job '" + id + "' is no number of a job; write the 32 digits that Flink shows");
    }
  }

  /** A savepoint that was asked for will not come any more. */
  public static final class SavepointFailed extends UserError {
    private static final long serialVersionUID = 1L;

    SavepointFailed(String message) {
      super(Exit.NO, message, null);
    }
  }

  /** Whether there is a cluster. */
  public boolean answers() {
    try {
      version();
      return true;
    } catch (UserError e) {
      return false;
    }
  }

  /** Flink's version. */
  public String version() {
    return ask("config", null).path("flink-version").asText();
  }

  /**
   * What a running job says of itself.
   *
   * @throws UserError if there is no such job, or it is not running
   */
  public CatalogRecord.Job job(String id) {
    JsonNode job = ask("jobs/" + id, null);
    String state = job.path("state").asText();
    if (!state.equals("RUNNING")) {
      throw UserError.wrongCall(
          "--job " + id + " is " + state + "; only a running job can write a savepoint");
    }
    return describe(id);
  }

  /** What a job says of itself, whether it is running or has ended. */
  public CatalogRecord.Job describe(String id) {
    JsonNode said = config(id).path("user-config");
    JsonNode generation = said.path(Stream.GENERATION);
    return new CatalogRecord.Job(
        id,
        ask("jobs/" + id, null).path("name").asText(),
        said.path(Stream.VERSION).asText(null),
        generation.isMissingNode() ? null : (Long) generation.asLong());
  }

  /**
   * How a job was started.
   *
   * @return null if it does not say; the jar is where the job says that it was
   */
  public CatalogRecord.Launch launch(String id) {
    JsonNode config = config(id);
    JsonNode said = config.path("user-config");
    if (!said.has(Launch.JAR_SHA256)) {
      return null;
    }
    int parallelism = config.path("job-parallelism").asInt(-1);
    return new CatalogRecord.Launch(
        said.path(Launch.JAR).asText(),
        said.path(Launch.JAR_SHA256).asText(),
        arguments(said.path(Launch.ARGUMENTS).asText("[]")),
        parallelism < 1 ? null : (Integer) parallelism);
  }

  private static List<String> arguments(String json) {
    try {
      return List.of(Json.MAPPER.readValue(json, String[].class));
    } catch (IOException e) {
      throw UserError.invalid("the job says that it was started by " + json, e);
    }
  }

  private JsonNode config(String id) {
    return ask("jobs/" + id + "/config", null).path("execution-config");
  }

  /**
   * Lets a job write a savepoint, and waits for it.
   *
   * @param target folder as a URL; null for the cluster's own
   * @param format as Flink's REST API names it
   * @return where it is, a URL
   * @throws UserError if it fails, saying why, or takes longer
   */
  public String savepoint(String job, String target, String format, Duration patience) {
    ObjectNode body = Json.object().put("cancel-job", false).put("formatType", format);
    if (target != null) {
      body.put("target-directory", target);
    }
    String trigger = ask("jobs/" + job + "/savepoints", body).path("request-id").asText();
    return awaitSavepoint(job, trigger, patience);
  }

  /**
   * Waits for a savepoint that was asked for.
   *
   * @param trigger number of the request
   * @return where it is, a URL
   * @throws SavepointFailed if it fails, saying why
   * @throws UserError if it takes longer
   */
  public String awaitSavepoint(String job, String trigger, Duration patience) {
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
      throw new SavepointFailed("the savepoint failed: " + cause(trace));
    }
    return location;
  }

  /** The innermost cause that a stack trace names, without its class if it says more. */
  public static String cause(String trace) {
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
    return body == null ? send(path, PATIENCE, r -> r) : post(path, PATIENCE, body);
  }

  /** Asks for something. */
  public JsonNode get(String path) {
    return ask(path, null);
  }

  /**
   * Has something done.
   *
   * @param patience how long it may take
   */
  public JsonNode post(String path, Duration patience, JsonNode body) {
    return send(
        path,
        patience,
        request ->
            request
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  /**
   * Sends a request.
   *
   * @param path behind the address, without a slash before it
   * @param request completes a GET
   * @throws UserError if the cluster refuses, saying why, or does not answer
   */
  public JsonNode send(String path, Duration patience, UnaryOperator<HttpRequest.Builder> request) {
    URI uri = address.resolve(path);
    try {
      HttpResponse<String> answer =
          client.send(
              request.apply(HttpRequest.newBuilder(uri).timeout(patience)).build(),
              HttpResponse.BodyHandlers.ofString());
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
