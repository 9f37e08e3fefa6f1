package io.plumbline.jobs.importing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.jobs.decode.CsvDecoder;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Rows of CSV with a header, as RFC 4180 and spreadsheets write it; blank lines are none. */
final class CsvRows implements Rows {
  private static final CSVFormat FORMAT = CSVFormat.DEFAULT;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path path;
  private final CSVParser parser;
  private final Iterator<CSVRecord> rows;
  private final List<String> header;
  private final CsvDecoder decoder;
  private long line;

  CsvRows(Path path, InputStream in, Schema schema, TimeText times) throws IOException {
    this.path = path;
    parser =
        CSVParser.parse(
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16), FORMAT);
    rows = parser.iterator();
    String[] names = nextValues();
    if (names == null) {
      throw UserError.invalid(path + ": is empty; a CSV file starts with a header");
    }
    if (!names[0].isEmpty() && names[0].charAt(0) == BYTE_ORDER_MARK) {
      names[0] = names[0].substring(1);
    }
    header = List.of(names).stream().map(String::strip).toList();
    checkHeader(schema);
    decoder = new CsvDecoder(schema, header, times);
  }

  @Override
  public Row next() {
    String[] values = nextValues();
    return values == null ? null : new CsvRow(line, values);
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private String[] nextValues() {
    line = parser.getCurrentLineNumber() + 1;
    try {
      return rows.hasNext() ? rows.next().values() : null;
    } catch (UncheckedIOException e) {
      String what = e.getCause().getMessage();
      throw UserError.invalid(
          path
              + ": the row that starts in line "
              + line
              + " cannot be told from the next ("
              + what
              + "); close or double its quotes",
          e);
    }
  }

  private void checkHeader(Schema schema) {
    if (new HashSet<>(header).size() < header.size()) {
      throw UserError.invalid(path + ": the header names a column twice: " + header);
    }
    if (schema.getFields().stream().noneMatch(field -> header.contains(field.name()))) {
      throw UserError.invalid(
          path
              + ": the header has no field of the schema; it has "
              + String.join(", ", header)
              + ", and the schema "
              + String.join(", ", schema.getFields().stream().map(Schema.Field::name).toList()));
    }
  }

  private final class CsvRow implements Row {
    private final long at;
    private final String[] values;

    CsvRow(long at, String[] values) {
      this.at = at;
      this.values = values;
    }

    @Override
    public long line() {
      return at;
    }

    @Override
    public Object raw(String field) {
      int i = header.indexOf(field);
      return i < 0 || i >= values.length || values[i].isEmpty() ? null : values[i];
    }

    @Override
    public boolean isBlank(String field) {
      return raw(field) == null;
    }

    @Override
    public GenericData.Record record() throws Malformed {
      return decoder.decode(values);
    }

    /** By column, so that it can be understood without the header. */
    @Override
    public byte[] payload() {
      ObjectNode row = new ObjectMapper().createObjectNode();
      for (int i = 0; i < values.length; i++) {
        row.put(i < header.size() ? header.get(i) : "column " + (i + 1), values[i]);
      }
      return row.toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
