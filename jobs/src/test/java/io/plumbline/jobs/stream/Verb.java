package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What a call of the command line in this process came to.
 *
 * @param exit its code
 * @param out what it printed
 * @param err what it complained about
 */
record Verb(int exit, String out, String err) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Calls a verb that ends by itself. */
  static Verb call(String... arguments) throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () ->
                exit.complete(
                    Plumbline.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments)),
            arguments[0]);
    caller.setDaemon(true);
    caller.start();
    assertThat(exit)
        .as(() -> String.join(" ", arguments) + ": " + out + err)
        .succeedsWithin(PATIENCE);
    return new Verb(exit.get(), out.toString(), err.toString());
  }
}
