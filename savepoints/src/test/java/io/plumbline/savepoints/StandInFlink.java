package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plumbline.jobs.app.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Answers as a session cluster's REST API does, and lets a test say what becomes of jobs. */
final class StandInFlink implements AutoCloseable {
  private final HttpServer server;

  /** Jobs by id. */
  final Map<String, Job> jobs = new ConcurrentHashMap<>();

  /** The number of each request to stop a job. */
  final List<String> triggers = new CopyOnWriteArrayList<>();

  /** What was asked for of each job that was started. */
  final List<JsonNode> starts = new CopyOnWriteArrayList<>();

  /** Jars that were taken back. */
  final List<String> deleted = new CopyOnWriteArrayList<>();

  /** Where a job that is stopped leaves its savepoint; null for one that does not come. */
  volatile String savepoint;

  /** Whether jobs can be started. */
  volatile boolean takesStarts = true;

  /** What happens when it is said where the savepoint of a job is. */
  volatile Consumer<String> whenSaved = job -> {};

  /** What happens when a job has been started. */
  volatile Consumer<String> whenStarted = job -> {};

  /**
   * A job.
   *
   * @param call by which it was started; null if it does not say
   * @param failure of its last attempt; null for none
   */
  record Job(String name, String state, List<String> call, String failure) {
    Job in(String other) {
      return new Job(name, other, call, failure);
    }
  }

  StandInFlink() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String rest() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String[] path = exchange.getRequestURI().getPath().substring(1).split("/", -1);
    JsonNode answer =
        switch (path[0]) {
          case "config" -> Json.object().put("flink-version", "2.3.0");
          case "jars" -> jars(exchange.getRequestMethod(), path, body);
          default -> jobs(exchange.getRequestMethod(), path, body);
        };
    byte[] bytes =
        (answer == null ? "{\"errors\": [\"Not found\"]}" : answer.toString())
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private JsonNode jars(String method, String[] path, byte[] body) throws IOException {
    if (method.equals("DELETE")) {
      deleted.add(path[1]);
      return Json.object();
    }
    if (path.length == 1) {
      ObjectNode node = Json.object();
      node.putArray("files").addObject().put("id", "release.jar");
      return node;
    }
    if (path[1].equals("upload")) {
      return Json.object().put("filename", "/uploads/release.jar");
    }
    if (!takesStarts) {
      return null;
    }
    JsonNode start = Json.MAPPER.readTree(body);
    starts.add(start);
    String id = start.get("jobId").asText();
    jobs.put(id, new Job("release", "RUNNING", null, null));
    whenStarted.accept(id);
    return Json.object().put("jobid", id);
  }

  private JsonNode jobs(String method, String[] path, byte[] body) throws IOException {
    if (path.length == 1 || path[1].equals("overview")) {
      ObjectNode node = Json.object();
      ArrayNode all = node.putArray("jobs");
      jobs.forEach(
          (id, job) ->
              all.addObject()
                  .put("id", id)
                  .put("jid", id)
                  .put("name", job.name)
                  .put("status", job.state)
                  .put("state", job.state));
      return node;
    }
    Job job = jobs.get(path[1]);
    if (job == null) {
      return null;
    }
    if (method.equals("PATCH")) {
      jobs.put(path[1], job.in("CANCELED"));
      return Json.object();
    }
    return path.length == 2
        ? Json.object().put("name", job.name).put("state", job.state)
        : about(job, path, body);
  }

  private JsonNode about(Job job, String[] path, byte[] body) throws IOException {
    ObjectNode node = Json.object();
    switch (path[2]) {
      case "config" -> said(job, node.putObject("execution-config").putObject("user-config"));
      case "exceptions" -> {
        ArrayNode entries = node.putObject("exceptionHistory").putArray("entries");
        if (job.failure != null) {
          entries.addObject().put("stacktrace", job.failure);
        }
      }
      case "stop" -> {
        triggers.add(Json.MAPPER.readTree(body).get("triggerId").asText());
        if (savepoint != null) {
          jobs.put(path[1], job.in("FINISHED"));
        }
      }
      case "savepoints" -> {
        node.putObject("status").put("id", savepoint == null ? "IN_PROGRESS" : "COMPLETED");
        node.putObject("operation").put("location", savepoint);
        if (savepoint != null && path.length > 3) { // not yet when it is asked for
          whenSaved.accept(path[1]);
        }
      }
      case "checkpoints" ->
          node.putObject("latest").putObject("savepoint").put("external_path", savepoint);
      default -> {}
    }
    return node;
  }

  private static void said(Job job, ObjectNode parameters) {
    if (job.call != null) {
      parameters.put(Launch.JAR, "/release.jar").put(Launch.JAR_SHA256, "00ff");
      try {
        parameters.put(Launch.ARGUMENTS, Json.MAPPER.writeValueAsString(new ArrayList<>(job.call)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
