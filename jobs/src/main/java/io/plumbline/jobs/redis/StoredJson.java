package io.plumbline.jobs.redis;

import io.plumbline.aggregate.Decayed;
import io.plumbline.jobs.observations.JsonBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Values in stored form as JSON. Not thread-safe. */
final class StoredJson {
  private final JsonBuffer buffer = new JsonBuffer();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A value that is JSON already. */
  record Ready(byte[] json) {}

  /**
   * @param value Long, Double, Boolean, String, {@link Decayed}, a list of such, or {@link Ready}
   */
  byte[] of(Object value) {
    if (value instanceof Ready ready) {
      return ready.json;
    }
    write(value);
    bytes.reset();
    try {
      buffer.drainTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(Object value) {
    if (value instanceof Long number) {
      buffer.number((long) number);
    } else if (value instanceof Double number) {
      buffer.number((double) number);
    } else if (value instanceof String text) {
      buffer.string(text);
    } else if (value instanceof Boolean truth) {
      buffer.bool(truth);
    } else if (value instanceof Decayed decayed) {
      buffer.ascii('[');
      buffer.number(decayed.value());
      buffer.ascii(',');
      buffer.number(decayed.at());
      buffer.ascii(']');
    } else if (value instanceof List<?> list) {
      buffer.ascii('[');
      for (int i = 0; i < list.size(); i++) {
        if (i > 0) {
          buffer.ascii(',');
        }
        write(list.get(i));
      }
      buffer.ascii(']');
    } else {
      throw new IllegalArgumentException("no stored value: " + value);
    }
  }
}
