package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a call of the command line came to.
 *
 * @param exit its code
 * @param out what it printed
 * @param err what it complained about
 */
record Verb(int exit, String out, String err) {
  static Verb call(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Plumbline.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(texts);
    return new Verb(exit, out.toString(), err.toString());
  }

  JsonNode json() throws IOException {
    return Json.MAPPER.readTree(out);
  }
}
