package io.plumbline.jobs.observations;

import com.fasterxml.jackson.core.io.NumberInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;

/** CSV as in RFC 4180, UTF-8, with a header; an empty cell is null, a quoted empty one a string. */
final class CsvRows implements TextRows {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setQuoteMode(QuoteMode.ALL_NON_NULL)
          .setIgnoreEmptyLines(true)
          .get();

  /** Numbers that JSON can write as they are; others, such as 007, are names. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> columns;
  private final JsonBuffer token = new JsonBuffer();
  private CSVRecord record;
  private long line = 1;

  CsvRows(InputStream in) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
    reader.mark(1);
    if (reader.read() != '\ufeff') {
      reader.reset();
    }
    parser = FORMAT.parse(reader);
    records = parser.iterator();
    columns = nextRecord() ? header() : List.of();
  }

  private List<String> header() throws MalformedRow {
    List<String> names = new ArrayList<>();
    for (String name : record) {
      if (name == null || name.isBlank()) {
        throw new MalformedRow(1, "column " + (names.size() + 1) + " of the header has no name");
      }
      if (names.contains(name)) {
        throw new MalformedRow(1, "the header has " + name + " twice");
      }
      names.add(name);
    }
    return names;
  }

  private boolean nextRecord() throws IOException {
    try {
      line = parser.getCurrentLineNumber() + 1;
      record = records.hasNext() ? records.next() : null;
      return record != null;
    } catch (UncheckedIOException e) {
      throw malformed(e.getCause());
    }
  }

  private IOException malformed(IOException cause) {
    return cause instanceof CSVException
        ? new MalformedRow(line, "is not CSV: " + cause.getMessage())
        : cause;
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public boolean next() throws IOException {
    if (!nextRecord()) {
      return false;
    }
    if (record.size() != columns.size()) {
      throw new MalformedRow(
          line, "has " + record.size() + " cells, the header has " + columns.size());
    }
    return true;
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public Object value(int column) {
    return record.get(column);
  }

  @Override
  public Object time(int column) {
    String cell = record.get(column);
    Object number = cell == null ? null : number(cell);
    return number == null ? cell : number;
  }

  @Override
  public Object inferable(int column) {
    String cell = record.get(column);
    if (cell == null) {
      return null;
    }
    if (isBoolean(cell)) {
      return Boolean.valueOf(cell);
    }
    Object number = number(cell);
    return number == null ? cell : number;
  }

  private static boolean isBoolean(String cell) {
    return cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false");
  }

  /** A Long or a finite Double; null if the cell is neither. */
  private static Object number(String cell) {
    char first = cell.isEmpty() ? ' ' : cell.charAt(0);
    if ((first != '-' && (first < '0' || first > '9')) || !NUMBER.matcher(cell).matches()) {
      return null;
    }
    if (isInteger(cell)) {
      return integer(cell);
    }
    double value = NumberInput.parseDouble(cell, true);
    return Double.isFinite(value) ? value : null;
  }

  private static boolean isInteger(String number) {
    for (int i = 1; i < number.length(); i++) {
      if (number.charAt(i) < '0' || number.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static Long integer(String cell) {
    try {
      return cell.equals("-0") ? null : Long.valueOf(cell);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  @Override
  public void putToken(int column, JsonType type, PayloadWriter out) {
    String cell = record.get(column);
    if (cell == null) {
      out.putSize(0);
      return;
    }
    token.clear();
    switch (type) {
      case LONG, DOUBLE -> token.ascii(cell);
      case BOOLEAN -> token.ascii(cell.toLowerCase(Locale.ROOT));
      case STRING, TIMESTAMP, JSON -> token.string(cell);
    }
    out.putSize(token.size() + 1);
    out.putBytes(token.bytes(), 0, token.size());
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
