package io.plumbline.jobs.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/** Asks a schema registry, by the REST interface that Confluent's has. */
final class SchemaRegistry {
  private static final String USER = "basic.auth.user.info";

  /** How long a question waits for its answer, all attempts together. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** What a registry says of a subject, a version and a schema that it does not have. */
  private static final Set<Integer> NOT_FOUND = Set.of(40401, 40402, 40403);

  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final String ANOTHER = "; is this a schema registry, and its whole address?";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final String authorization;
  private final HttpClient http;
  private final long firstPauseNanos;
  private final long patienceNanos;

  SchemaRegistry(RegistrySettings settings) {
    this(settings, FIRST_PAUSE, PATIENCE);
  }

  /**
   * @param firstPause before it is asked for the second time
   * @param patience how long a question waits for its answer, all attempts together
   */
  SchemaRegistry(RegistrySettings settings, Duration firstPause, Duration patience) {
    firstPauseNanos = firstPause.toNanos();
    patienceNanos = patience.toNanos();
    url = settings.url();
    Map<String, String> properties = settings.withSecrets();
    String user = properties.get(USER);
    authorization =
        user == null
            ? null
            : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(ANSWER);
    if (properties.keySet().stream().anyMatch(key -> key.startsWith("ssl."))) {
      builder.sslContext(tls(properties));
    }
    http = builder.build();
  }

  /**
   * The schema with an id; empty if there is none.
   *
   * @throws AvroRuntimeException if it is no Avro schema
   * @throws RegistryUnavailable if the registry cannot be asked
   */
  Optional<Schema> schema(int id) {
    return get("/schemas/ids/" + id).map(answer -> parse(answer, new Schema.Parser()));
  }

  /** Parses those that a schema refers to before it, each by its name. */
  private Schema parse(JsonNode answer, Schema.Parser parser) {
    String type = answer.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new SchemaParseException(type);
    }
    for (JsonNode reference : answer.path("references")) {
      if (!parser.getTypes().containsKey(reference.path("name").asText())) {
        String version =
            "/subjects/"
                + URLEncoder.encode(reference.path("subject").asText(), StandardCharsets.UTF_8)
                + "/versions/"
                + reference.path("version").asInt();
        parse(
            get(version).orElseThrow(() -> new SchemaParseException("a reference to nothing")),
            parser);
      }
    }
    if (!answer.path("schema").isTextual()) {
      throw unavailable("its answer holds no schema" + ANOTHER, null);
    }
    return parser.parse(answer.path("schema").asText());
  }

  /**
   * Looks whether the registry answers, and as one.
   *
   * @throws RegistryUnavailable if it does not
   */
  void check() {
    String path = "/subjects";
    if (get(path).filter(JsonNode::isArray).isEmpty()) {
      throw unavailable("its answer to " + path + " is no list" + ANOTHER, null);
    }
  }

  private RegistryUnavailable unavailable(String problem, IOException cause) {
    return new RegistryUnavailable("schema registry at " + url + ": " + problem, cause);
  }

  private Optional<JsonNode> get(String path) {
    long start = System.nanoTime();
    String problem = "it does not answer";
    IOException cause = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      pause(attempt);
      long rest = patienceNanos - (System.nanoTime() - start);
      if (rest <= 0) {
        break;
      }
      try {
        return ask(path, Duration.ofNanos(Math.min(rest, ANSWER.toNanos())));
      } catch (JsonProcessingException e) {
        throw unavailable("its answer to " + path + " is no JSON" + ANOTHER, null);
      } catch (IOException e) {
        problem = e.getMessage() == null ? "it cannot be reached" : e.getMessage();
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryUnavailable("interrupted while asking the registry at " + url, e);
      }
    }
    throw unavailable(problem, cause);
  }

  /**
   * Asks once.
   *
   * @throws IOException if it may be well if asked again
   */
  private Optional<JsonNode> ask(String path, Duration patience)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(patience)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    String problem = "it answers " + response.statusCode() + " to " + path;
    return switch (response.statusCode()) {
      case 200 -> Optional.of(JSON.readTree(response.body()));
      case 401, 403 ->
          throw unavailable(problem + "; correct " + RegistrySettings.PREFIX + USER, null);
      case 404 -> {
        if (!saysNotFound(response.body())) {
          throw unavailable(problem + ", and not as a registry does" + ANOTHER, null);
        }
        yield Optional.empty();
      }
      default -> throw new IOException(problem);
    };
  }

  /** Whether it is the registry itself that knows of nothing, rather than some other server. */
  private static boolean saysNotFound(byte[] body) {
    try {
      return NOT_FOUND.contains(JSON.readTree(body).path("error_code").asInt());
    } catch (IOException e) {
      return false;
    }
  }

  /** None at first, then twice as long each time. */
  private void pause(int attempt) {
    if (attempt > 0) {
      long until = System.nanoTime() + (firstPauseNanos << (attempt - 1));
      while (System.nanoTime() - until < 0 && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
    }
  }

  /** Kafka's own reading of {@code ssl.*}, so that both are written alike. */
  private static SSLContext tls(Map<String, String> properties) {
    ConfigDef known = new ConfigDef();
    SslConfigs.addClientSslSupport(known);
    Map<String, Object> parsed = new HashMap<>(known.parse(properties));
    DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
    factory.configure(parsed);
    return factory.sslContext();
  }
}
