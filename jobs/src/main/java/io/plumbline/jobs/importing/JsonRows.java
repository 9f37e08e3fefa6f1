package io.plumbline.jobs.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.avro.generic.GenericData;

/** Rows of JSON lines; blank lines are none. */
final class JsonRows implements Rows {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final Path path;
  private final InputStream in;
  private final JsonDecoder decoder;
  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private long line;

  JsonRows(Path path, InputStream in, JsonDecoder decoder) {
    this.path = path;
    this.in = in;
    this.decoder = decoder;
  }

  @Override
  public Row next() {
    try {
      byte[] text = nextLine();
      while (text != null && isBlank(text)) {
        text = nextLine();
      }
      return text == null ? null : parse(text);
    } catch (IOException e) {
      throw InputFile.unreadable(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private Row parse(byte[] text) {
    try {
      return new JsonRow(line, text, JsonDecoder.parse(text), null);
    } catch (Malformed e) {
      return new JsonRow(line, text, null, e);
    }
  }

  private byte[] nextLine() throws IOException {
    int scanned = start;
    while (true) {
      for (int i = scanned; i < end; i++) {
        if (buffer[i] == '\n') {
          return take(i, i + 1);
        }
      }
      scanned = end - start;
      if (!fill()) {
        return start == end ? null : take(end, end);
      }
    }
  }

  private byte[] take(int textEnd, int nextStart) {
    byte[] text = Arrays.copyOfRange(buffer, start, textEnd);
    start = nextStart;
    line++;
    if (line == 1
        && text.length >= BYTE_ORDER_MARK.length
        && Arrays.equals(text, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, 3)) {
      return Arrays.copyOfRange(text, BYTE_ORDER_MARK.length, text.length);
    }
    return text;
  }

  /** Moves what is left to the front and reads more behind it; false at the end. */
  private boolean fill() throws IOException {
    int left = end - start;
    byte[] target = left == buffer.length ? new byte[buffer.length * 2] : buffer;
    System.arraycopy(buffer, start, target, 0, left);
    buffer = target;
    start = 0;
    end = left;
    int read = in.read(buffer, end, buffer.length - end);
    end += Math.max(0, read);
    return read >= 0;
  }

  private static boolean isBlank(byte[] text) {
    for (byte b : text) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private final class JsonRow implements Row {
    private final long at;
    private final byte[] text;
    private final ObjectNode object;
    private final Malformed mistake;

    JsonRow(long at, byte[] text, ObjectNode object, Malformed mistake) {
      this.at = at;
      this.text = text;
      this.object = object;
      this.mistake = mistake;
    }

    @Override
    public long line() {
      return at;
    }

    @Override
    public Object raw(String field) throws Malformed {
      JsonNode node = object == null ? null : object.get(field);
      if (node == null || node.isNull()) {
        return null;
      }
      if (node.isTextual()) {
        return node.textValue();
      }
      if (node.isIntegralNumber() && node.canConvertToLong()) {
        return node.longValue();
      }
      throw new Malformed(field + ": neither an integer nor text");
    }

    @Override
    public GenericData.Record record() throws Malformed {
      if (mistake != null) {
        throw mistake;
      }
      return decoder.decode(object);
    }

    @Override
    public byte[] payload() {
      return text;
    }
  }
}
