package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {
  @Test
  void theCommandLineFindsThem() {
    assertThat(Plumbline.commandLine().getSubcommands()).containsKeys("stream", "savepoint");
  }

  /** As a job that is stopped names its savepoint. */
  @Test
  void takeLocationsAsJobsPrintThem(@TempDir Path folder) throws Exception {
    String location = "file:" + Path.of("golden", "v1", "hashmap").toAbsolutePath();
    assertDone("savepoint", "stats", "--path", location);
    assertDone("savepoint", "verify", "--path", location);
    assertDone("savepoint", "inspect", "--path", location, "--entity", "user", "--key", "u0");
    assertDone("savepoint", "diff", location, location.replace("file:", "file://"));
    Path definitions = GoldenShop.definitions(folder);
    assertDone("savepoint", "plan", "--from", location, "--defs", definitions);
    Verb verb = Verb.call("savepoint", "plan", "--from", "file:/gone", "--defs", definitions);
    assertThat(verb.exit()).isEqualTo(2);
    assertThat(verb.err()).startsWith("/gone does not exist");
  }

  private static void assertDone(Object... call) {
    Verb verb = Verb.call(call);
    assertThat(verb.exit()).as(verb.out() + verb.err()).isZero();
  }
}
