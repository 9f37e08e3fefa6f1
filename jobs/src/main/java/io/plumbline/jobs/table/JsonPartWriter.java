package io.plumbline.jobs.table;

import io.plumbline.jobs.observations.JsonBuffer;
import java.io.IOException;
import java.io.OutputStream;

/** JSON lines: observations' values as they came, numbers so that they read back as the same. */
final class JsonPartWriter implements TablePartWriter {
  private static final int BATCH = 1 << 15;

  private final TableSchema schema;
  private final OutputStream out;
  private final byte[][] names;
  private final JsonBuffer json = new JsonBuffer();

  JsonPartWriter(TableSchema schema, OutputStream out) {
    this.schema = schema;
    this.out = out;
    names =
        schema.features().stream()
            .map(feature -> JsonBuffer.quoted(feature.name()))
            .toArray(byte[][]::new);
  }

  @Override
  public void write(byte[] observation, FinishedRow features) throws IOException {
    json.beginLine();
    schema.observations().writeJson(observation, json);
    Object[] values = features.values();
    for (int i = 0; i < names.length; i++) {
      json.field(names[i]);
      json.value(values[i]);
    }
    json.endLine();
    if (json.size() >= BATCH) {
      flush();
    }
  }

  @Override
  public void flush() throws IOException {
    json.drainTo(out);
  }

  @Override
  public void finish() throws IOException {
    flush();
    out.flush();
  }
}
