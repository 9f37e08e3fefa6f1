package io.plumbline.jobs.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.UserError;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.generator.RecordKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GenerateCommandTest {
  @TempDir private Path out;

  @Test
  void writesTheRecordsOfTheDefaultOptions() throws IOException {
    String summary = generate("--set", "payments", "--out", out.toString(), "--observations", "50");
    List<String> lines = Files.readAllLines(out.resolve("payment.jsonl"));
    EventGenerator expected = EventGenerator.of("payments", GeneratorOptions.defaults());
    for (String line : lines) {
      assertIs(line, expected.next());
    }
    assertThat(expected.hasNext()).isFalse();
    assertThat(Files.readAllLines(out.resolve("observations.jsonl"))).hasSize(50);
    assertThat(summary)
        .contains("payment.jsonl: " + lines.size() + " records")
        .contains("to be rejected: {duplicate=")
        .contains("50 observations");
  }

  private static void assertIs(String line, GeneratedRecord record) throws IOException {
    String payload = new String(record.payload(), StandardCharsets.UTF_8);
    if (record.kind() == RecordKind.BROKEN_JSON) {
      assertThat(line).isEqualTo(payload);
      return;
    }
    JsonNode json = parse(line);
    assertThat(line).startsWith(payload.substring(0, payload.length() - 1));
    assertThat(json.get("_ingested_at").asLong()).isEqualTo(record.ingestedAt());
    assertThat(json.get("_partition").asInt()).isEqualTo(record.partition());
    assertThat(json.get("_offset").asLong()).isEqualTo(record.offset());
  }

  @Test
  void writesAFileForEachSource() throws IOException {
    generate(
        "--set", "web", "--out", out.toString(), "--duration", "2m", "--rate", "50", "--late", "0");
    assertThat(Files.readAllLines(out.resolve("page_view.jsonl"))).hasSizeGreaterThan(4_000);
    assertThat(Files.readAllLines(out.resolve("login.jsonl"))).isNotEmpty();
    assertThat(out.resolve("observations.jsonl")).doesNotExist();
  }

  @Test
  void tellsWhatIsWrongWithTheCall() {
    assertThat(failure("--set", "musik", "--out", out.toString()).getMessage())
        .contains("'musik'")
        .contains("media, payments, delivery, web");
    assertThat(failure("--set", "web", "--out", out.toString(), "--late", "2").getMessage())
        .contains("late is 2.0");
    assertThat(failure("--set", "web", "--out", out.toString(), "--start", "noon").getMessage())
        .contains("--start is 'noon'", "2026-01-01T00:00:00Z");
    assertThat(failure("--set", "web", "--out", out.toString(), "--duration", "2").getMessage())
        .contains("--duration: '2' is not a duration");
  }

  @Test
  void tellsWhereItCannotWrite() throws IOException {
    Path file = Files.createFile(out.resolve("taken"));
    assertThat(failure("--set", "web", "--out", file.toString()).getMessage())
        .contains("--out " + file);
  }

  private static JsonNode parse(String line) throws JsonProcessingException {
    return new ObjectMapper().readTree(line);
  }

  private static String generate(String... args) {
    StringWriter text = new StringWriter();
    CommandLine command = new CommandLine(new GenerateCommand()).setOut(new PrintWriter(text));
    assertThat(command.execute(args)).isZero();
    return text.toString();
  }

  private static UserError failure(String... args) {
    UserError[] seen = new UserError[1];
    new CommandLine(new GenerateCommand())
        .setExecutionExceptionHandler(
            (error, line, parsed) -> {
              seen[0] = (UserError) error;
              return seen[0].exit().code();
            })
        .execute(args);
    assertThat(seen[0]).isNotNull();
    return seen[0];
  }
}
