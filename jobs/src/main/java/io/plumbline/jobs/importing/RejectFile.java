package io.plumbline.jobs.importing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes malformed rows with their place and reason, as JSON lines, and counts them by reason. */
final class RejectFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private OutputStream out;

  RejectFile(Path path) {
    this.path = path;
  }

  void add(Path input, Row row, String reason) throws IOException {
    counts.merge(reason, 1L, Long::sum);
    if (out == null) {
      out = new BufferedOutputStream(Files.newOutputStream(path));
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("file", input.toString()).put("line", row.line()).put("reason", reason);
    line.put("row", new String(row.payload(), StandardCharsets.UTF_8));
    out.write(JSON.writeValueAsBytes(line));
    out.write('\n');
  }

  Map<String, Long> counts() {
    return counts;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
