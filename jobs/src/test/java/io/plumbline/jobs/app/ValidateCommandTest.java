package io.plumbline.jobs.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ValidateCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Path defs) {
    return new CommandLine(new ValidateCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(defs.toString());
  }

  private void write(String window) throws IOException {
    Files.writeString(
        folder.resolve("pay.avsc"),
        """
        {"type": "record", "name": "Pay", "fields": [
          {"name": "user", "type": "string"}, {"name": "at", "type": "long"}]}
        """);
    Files.writeString(
        folder.resolve("a.yaml"),
        """
        sources:
        - {name: pay, schema: pay.avsc, topic: pay, event_time: at, lateness: 1m}
        entities:
        - {name: user, keys: [user]}
        features:
        - name: payments
          entity: user
          source: pay
          aggregate: count
          window:"""
            + " "
            + window
            + "\n");
  }

  @Test
  void saysWhatIsDefined() throws IOException {
    write("lifetime");
    assertThat(run(folder)).isZero();
    assertThat(out.toString())
        .contains("warning: " + folder.resolve("a.yaml") + ":6: a lifetime without retain")
        .containsPattern(
            "valid: 1 source, 1 entity, 1 feature, 0 services; fingerprint [0-9a-f]{64}\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    write("{sliding: 50m, every: 15m}");
    assertThat(run(folder)).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            folder.resolve("a.yaml")
                + ":10: window size 50m is not a multiple of every 15m; 45m or 1h would be\n");
  }

  @Test
  void aMissingFolderIsAWrongCall() {
    assertThat(run(folder.resolve("none"))).isEqualTo(2);
    assertThat(err.toString()).contains("there is no folder " + folder.resolve("none"));
  }
}
