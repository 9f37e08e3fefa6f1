package io.plumbline.jobs.observations;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** JSON lines: an object on each line; empty lines do not count. */
final class JsonRows implements TextRows {
  private static final JsonFactory JSON = new JsonFactory();

  private final Lines lines;
  private final List<String> columns = new ArrayList<>();
  private final Map<String, Integer> indexes = new HashMap<>();
  private int[] from = new int[16];
  private int[] length = new int[16];

  /**
   * @param known columns that come first, in this order
   */
  JsonRows(InputStream in, List<String> known) {
    lines = new Lines(in);
    known.forEach(this::addColumn);
  }

  private int addColumn(String name) {
    int index = columns.size();
    columns.add(name);
    indexes.put(name, index);
    if (index == from.length) {
      from = Arrays.copyOf(from, index * 2);
      length = Arrays.copyOf(length, index * 2);
    }
    return index;
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public boolean next() throws IOException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (lines.isBlank());
    Arrays.fill(length, 0);
    try (JsonParser parser = JSON.createParser(lines.bytes(), lines.from(), lines.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedRow(line(), "is not a JSON object");
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        readField(parser);
      }
      if (parser.nextToken() != null) {
        throw new MalformedRow(line(), "goes on after its JSON object");
      }
    } catch (JsonProcessingException e) {
      throw new MalformedRow(line(), "is not JSON: " + e.getOriginalMessage());
    }
    return true;
  }

  private void readField(JsonParser parser) throws IOException {
    Integer known = indexes.get(parser.currentName());
    int column = known == null ? addColumn(parser.currentName()) : known;
    if (length[column] != 0) {
      throw new MalformedRow(line(), "has " + columns.get(column) + " twice");
    }
    JsonToken token = parser.nextToken();
    long start = parser.currentTokenLocation().getByteOffset();
    if (token.isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    from[column] = lines.from() + (int) start;
    length[column] = (int) (parser.currentLocation().getByteOffset() - start);
  }

  @Override
  public long line() {
    return lines.number();
  }

  @Override
  public Object value(int column) {
    return length[column] == 0 ? null : JsonText.value(lines.bytes(), from[column], length[column]);
  }

  @Override
  public Object time(int column) {
    return value(column);
  }

  @Override
  public Object inferable(int column) {
    return value(column);
  }

  @Override
  public void putToken(int column, JsonType type, PayloadWriter out) {
    if (length[column] == 0 || lines.bytes()[from[column]] == 'n') {
      out.putSize(0);
    } else {
      out.putSize(length[column] + 1);
      out.putBytes(lines.bytes(), from[column], length[column]);
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
