package io.plumbline.jobs.local;

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
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The metrics of a running job, from Flink's REST API. */
public final class JobMetrics {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String job;

  /**
   * @param address of the REST API, as in {@code http://localhost:8081}
   * @param jobId in hex
   */
  public JobMetrics(String address, String jobId) {
    this.job = address + "/jobs/" + jobId;
  }

  /**
   * The sum of a metric over all operators and tasks that have it; 0 if none does.
   *
   * @param name the end of the metric's identifier, after a dot, as in {@code
   *     redis.features.writes}
   */
  public double sum(String name) {
    return values(name, "sum").sum();
  }

  /**
   * The largest value of a metric of all operators and tasks that have it.
   *
   * @param name as above; of a histogram with {@code _median}, {@code _p99}, {@code _p999}
   */
  public OptionalDouble max(String name) {
    return values(name, "max").max();
  }

  /** Without those that have no value, as a histogram of nothing. */
  private DoubleStream values(String name, String over) {
    List<Double> found = new ArrayList<>();
    for (JsonNode vertex : get(job).path("vertices")) {
      String metrics = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode metric : get(metrics)) {
        String id = metric.path("id").asText();
        if (id.equals(name) || id.endsWith("." + name)) {
          String query = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
          for (JsonNode value : get(metrics + "?agg=" + over + "&get=" + query)) {
            found.add(value.path(over).asDouble(Double.NaN));
          }
        }
      }
    }
    return found.stream().mapToDouble(Double::doubleValue).filter(value -> !Double.isNaN(value));
  }

  private JsonNode get(String uri) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE).build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new IllegalStateException("Flink's REST API does not answer at " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading metrics", e);
    }
  }
}
