package io.plumbline.jobs.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.UserError;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ExitCodesTest {
  private final StringWriter complaints = new StringWriter();

  /** A verb that fails. */
  @Command(name = "fail")
  private record Failing(RuntimeException failure) implements Callable<Integer> {
    @Override
    public Integer call() {
      throw failure;
    }
  }

  private int code(RuntimeException failure) {
    CommandLine line = Plumbline.commandLine().addSubcommand(new Failing(failure));
    return line.setErr(new PrintWriter(complaints, true)).execute("fail");
  }

  @Test
  void tellMistakesOfUsersFromFaultsOfTheProgram() {
    assertThat(code(UserError.invalid("no"))).isEqualTo(1);
    assertThat(code(UserError.wrongCall("how"))).isEqualTo(2);
    assertThat(complaints.toString()).isEqualToIgnoringNewLines("nohow");
    assertThat(code(new IllegalStateException("oops"))).isEqualTo(3);
    assertThat(complaints.toString()).contains("IllegalStateException: oops", "at io.plumbline");
  }

  @Test
  void aJobInThisProcessHasAWebUiWhoseAddressIsKnown() {
    JobOptions options = CommandLine.populateCommand(new JobOptions(), "--parallelism", "1");
    String port = options.environment().getConfiguration().get(RestOptions.BIND_PORT);
    assertThat(Integer.parseInt(port)).isPositive();
    assertThat(options.webUi()).isEqualTo("http://localhost:" + port);
    JobOptions named = CommandLine.populateCommand(new JobOptions(), "--web-port", "8123");
    named.environment();
    assertThat(named.webUi()).isEqualTo("http://localhost:8123");
  }
}
