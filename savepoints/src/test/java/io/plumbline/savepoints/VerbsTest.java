package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import org.junit.jupiter.api.Test;

class VerbsTest {
  @Test
  void theCommandLineFindsThem() {
    assertThat(Plumbline.commandLine().getSubcommands()).containsKeys("stream", "savepoint");
  }
}
