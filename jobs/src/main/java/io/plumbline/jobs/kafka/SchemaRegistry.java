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
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 6;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final String authorization;
  private final HttpClient http;
  private final long firstPauseNanos;

  SchemaRegistry(RegistrySettings settings) {
    this(settings, FIRST_PAUSE);
  }

  /**
   * @param firstPause before it is asked for the second time
   */
  SchemaRegistry(RegistrySettings settings, Duration firstPause) {
    firstPauseNanos = firstPause.toNanos();
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
    return parser.parse(answer.path("schema").asText());
  }

  /**
   * Looks whether the registry answers.
   *
   * @throws RegistryUnavailable if it does not
   */
  void check() {
    get("/subjects");
  }

  private Optional<JsonNode> get(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(ANSWER)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    String problem = "";
    IOException cause = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      pause(attempt);
      try {
        HttpResponse<byte[]> response =
            http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        int status = response.statusCode();
        if (status == 200) {
          return Optional.of(JSON.readTree(response.body()));
        }
        if (status == 404) {
          return Optional.empty();
        }
        problem = "it answers " + status + " to " + path;
        if (status == 401 || status == 403) {
          problem += "; correct " + RegistrySettings.PREFIX + USER;
          break;
        }
      } catch (JsonProcessingException e) {
        problem = "its answer to " + path + " is no JSON; is this a schema registry?";
        break;
      } catch (IOException e) {
        problem = e.getMessage() == null ? "it cannot be reached" : e.getMessage();
        cause = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryUnavailable("interrupted while asking the registry at " + url, e);
      }
    }
    throw new RegistryUnavailable("schema registry at " + url + ": " + problem, cause);
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
