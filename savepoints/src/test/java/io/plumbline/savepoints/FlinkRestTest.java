package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.plumbline.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlinkRestTest {
  private final Map<String, String> answers = new HashMap<>();
  private HttpServer server;
  private FlinkRest flink;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
          byte[] bytes =
              (answer == null ? "{\"errors\": [\"Not found\"]}" : answer)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    flink = new FlinkRest("http://localhost:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String savepoint(String state) {
    answers.put("/jobs/j/savepoints", "{\"request-id\": \"r\"}");
    answers.put("/jobs/j/savepoints/r", state);
    return flink.savepoint("j", null, "CANONICAL", Duration.ofMillis(600));
  }

  @Test
  void aFailedSavepointSaysWhy() {
    assertThatThrownBy(
            () ->
                savepoint(
                    """
                    {"status": {"id": "COMPLETED"}, "operation": {"failure-cause": {"stack-trace":
                    "a.b.CheckpointException: failed\\n\\tat a.b\\nCaused by: java.io.IOException: No space left\\n\\tat c"}}}
                    """))
        .hasMessage("the savepoint failed: No space left");
  }

  @Test
  void aSavepointThatNeverComesIsGivenUp() {
    assertThatThrownBy(() -> savepoint("{\"status\": {\"id\": \"IN_PROGRESS\"}}"))
        .hasMessageContaining("not complete after");
  }

  @Test
  void aCompleteOneIsFound() {
    assertThat(
            savepoint(
                "{\"status\": {\"id\": \"COMPLETED\"}, \"operation\": {\"location\": \"file:/x\"}}"))
        .isEqualTo("file:/x");
  }

  @Test
  void onlyARunningJobIsAsked() {
    answers.put("/jobs/j", "{\"name\": \"n\", \"state\": \"FINISHED\"}");
    assertThatThrownBy(() -> flink.job("j")).hasMessageContaining("is FINISHED");
    assertThatThrownBy(() -> flink.job("k")).hasMessageContaining("Not found");
  }

  @Test
  void aJobOfAnOlderVersionSaysLess() {
    answers.put("/jobs/j", "{\"name\": \"n\", \"state\": \"RUNNING\"}");
    answers.put("/jobs/j/config", "{\"execution-config\": {\"user-config\": {}}}");
    assertThat(flink.job("j")).isEqualTo(new CatalogRecord.Job("j", "n", null, null));
  }

  @Test
  void whatIsNoJobIsRefused() {
    Object[] take = {"savepoint", "take", "--job", "a b", "--rest", "http://localhost:1"};
    Object[] more = {"--catalog", "c", "--why", "w"};
    Verb verb = Verb.call(Stream.of(take, more).flatMap(Stream::of).toArray());
    assertThat(verb.exit()).isEqualTo(2);
    assertThat(verb.err()).contains("--job 'a b' is no number of a job").doesNotContain("\tat ");
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThatThrownBy(() -> new FlinkRest("localhost:8081")).hasMessageContaining("write http://");
    assertThatThrownBy(() -> new FlinkRest("a b")).hasMessageContaining("is no URL");
    for (String hostless : List.of("http://flink_jm:8081", "http:localhost:8081")) {
      assertThatThrownBy(() -> new FlinkRest(hostless))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("names no host");
    }
  }
}
