package io.plumbline.jobs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.UserError;
import io.plumbline.definition.Definitions;
import io.plumbline.jobs.importing.ImportFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ImportCommandTest {
  @TempDir Path folder;
  private ImportFixture lake;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeEach
  void setUp() {
    lake = new ImportFixture(folder);
  }

  @Test
  void importsAndCountsMalformedRowsByReason() {
    Path input = lake.file("in.txt", "at,id,amount", "1,a,2", "2,,3", "x,b,4", "y,c,5");
    int exit =
        run(
            "--input",
            input.toString(),
            "--format",
            "csv",
            "--ingested-at",
            "at",
            "--rejects",
            folder.resolve("r.jsonl").toString());
    assertThat(exit).isZero();
    assertThat(output())
        .contains(
            "imported 1 of 4 rows", "malformed: 3, see", "2  at: not a time", "1  id: no event id")
        .containsSubsequence("at: not a time", "id: no event id");
    assertThat(lake.events()).hasSize(1);
  }

  @Test
  void strictExitsWithOneAndImportsNothing() {
    Path input = lake.file("in.jsonl", "{");
    Path rejects = folder.resolve("r.jsonl");
    int exit = run("--input", input.toString(), "--strict", "--rejects", rejects.toString());
    assertThat(exit).isEqualTo(1);
    assertThat(output()).contains("imported nothing: 1 rows are malformed");
    assertThat(lake.files()).isEmpty();
  }

  @Test
  void wrongCallsExitWithTwo() {
    String input = lake.file("in.jsonl", "{}").toString();
    assertThat(run("--input", input, "--format", "xml")).isEqualTo(2);
    assertThat(output()).contains("--format xml");
    assertThat(run("--input", input, "--time-format", "bogus")).isEqualTo(2);
    assertThat(run("--input", folder.resolve("none.csv").toString())).isEqualTo(2);
    assertThat(run("--input", input, "--source", "visit")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }

  private int run(String... options) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Definitions definitions =
        new Definitions(List.of(lake.source), List.of(), List.of(), List.of(), Map.of(), "");
    List<String> all = new ArrayList<>(List.of("--defs", "defs", "--lake", lake.lake.toString()));
    if (!List.of(options).contains("--source")) {
      all.addAll(List.of("--source", "pay"));
    }
    all.addAll(List.of(options));
    return new CommandLine(new ImportCommand(path -> definitions, out, out))
        .setErr(new java.io.PrintWriter(out, true, StandardCharsets.UTF_8))
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              out.println(e.getMessage());
              return ((UserError) e).exit().code();
            })
        .execute(all.toArray(String[]::new));
  }

  private String output() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
