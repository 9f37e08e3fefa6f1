package io.plumbline.jobs.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;

/** A schema registry that knows what it is told. */
public final class FakeRegistry implements AutoCloseable {
  private final HttpServer server;
  private final String scheme;
  private final Map<String, String> answers = new ConcurrentHashMap<>(Map.of("/subjects", "[]"));
  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();
  volatile String authorization;

  public FakeRegistry() throws IOException {
    this(HttpServer.create(localhost(), 0), "http");
  }

  /** One that speaks TLS alone. */
  static FakeRegistry tls(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(localhost(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new FakeRegistry(server, "https");
  }

  private FakeRegistry(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::answer);
    server.start();
  }

  /** How to reach it. */
  public RegistrySettings settings() {
    return RegistrySettings.none()
        .at(scheme + "://localhost:" + server.getAddress().getPort() + "/");
  }

  private static InetSocketAddress localhost() throws IOException {
    return new InetSocketAddress(InetAddress.getByName("localhost"), 0);
  }

  /** The same, with a path that it does not know in its address. */
  RegistrySettings elsewhere() {
    return RegistrySettings.none().at(settings().url() + "/elsewhere");
  }

  /** Tells it a writer's schema. */
  public void put(int id, Schema schema) {
    put("/schemas/ids/" + id, new ObjectMapper().createObjectNode(), schema);
  }

  void put(String path, ObjectNode answer, Schema schema) {
    answers.put(path, answer.put("schema", schema.toString()).toString());
  }

  void put(String path, String answer) {
    answers.put(path, answer);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    String answer = answers.get(path);
    int status = answer == null ? 404 : 200;
    if (failures.get() > 0) {
      failures.decrementAndGet();
      status = 503;
    } else if (authorization != null
        && !authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status = 401;
    }
    byte[] body = (status == 200 ? answer : error(status, path)).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** As Confluent's says that it lacks a schema or a subject, and that it knows no such path. */
  private static String error(int status, String path) {
    int code = status;
    if (status == 404 && path.startsWith("/schemas/ids/")) {
      code = 40403;
    } else if (status == 404 && path.startsWith("/subjects/")) {
      code = 40401;
    }
    return "{\"error_code\":" + code + ",\"message\":\"no\"}";
  }
}
