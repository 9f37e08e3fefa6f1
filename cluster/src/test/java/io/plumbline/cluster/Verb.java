package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;

/**
 * What a call of the command line in this process came to.
 *
 * @param exit its code
 * @param text all that it printed
 */
record Verb(int exit, String text) {
  static Verb call(Object... arguments) {
    String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text, true);
    int exit = Plumbline.commandLine().setOut(out).setErr(out).execute(texts);
    return new Verb(exit, text.toString());
  }

  /** The same, of a call that goes well. */
  static Verb done(Object... arguments) {
    Verb verb = call(arguments);
    assertThat(verb.exit).as(verb.text).isZero();
    return verb;
  }

  JsonNode json() throws IOException {
    return new ObjectMapper().readTree(text);
  }
}
