package io.plumbline.jobs.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonDecoderTest {
  private static final String MILLIS = "{'type':'long','logicalType':'timestamp-millis'}";
  private static final String MICROS = "{'type':'long','logicalType':'timestamp-micros'}";
  private static final String NANOS = "{'type':'long','logicalType':'timestamp-nanos'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'double'; 40; 40.0",
        "'double'; 1e3; 1000.0",
        "'float'; 3; 3.0",
        "'long'; -9223372036854775808; -9223372036854775808",
        "'int'; 2147483647; 2147483647",
        "'boolean'; true; true",
        "'string'; \"\\u00fc\"; ü",
        "['null','double']; null; null",
        "['null','double']; 2; 2.0",
        "['double','null']; null; null",
        "['null','long','string']; \"12\"; 12",
        "['string','double']; 1; 1.0",
        "{'type':'enum','name':'E','symbols':['A','B']}; \"B\"; B",
      })
  void readsValuesOfTheirType(String type, String json, String expected) throws Malformed {
    assertThat(String.valueOf(decode(type, "{\"f\": " + json + "}").get("f"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'long'; 40.0; f: expected long, found number",
        "'long'; \"12\"; f: expected long, found string",
        "'long'; 9223372036854775808; f: integer does not fit long",
        "'long'; true; f: expected long, found boolean",
        "'long'; null; f: expected long, found null",
        "'int'; 2147483648; f: integer does not fit int",
        "'double'; \"40\"; f: expected double, found string",
        "'double'; 1e999; f: number does not fit double",
        "'float'; 1e39; f: number does not fit float",
        "'boolean'; 1; f: expected boolean, found integer",
        "'string'; 5; f: expected string, found integer",
        "['null','long']; 7.5; f: expected long, found number",
        "['null','long','string']; true; f: boolean fits no type of the union",
        "{'type':'enum','name':'E','symbols':['A']}; \"B\"; f: not a symbol of E",
        "{'type':'array','items':'double'}; [1, \"a\"]; f[1]: expected double, found string",
        "{'type':'map','values':'int'}; {\"k\": 1.5}; f.*: expected int, found number",
        "{'type':'record','name':'N','fields':[{'name':'x','type':'int'}]}; {}; f.x: missing",
        "{'type':'fixed','name':'F','size':2}; \"a\"; f: not 2 bytes long",
        "'bytes'; \"\u0100\"; f: bytes are written as characters up to U+00FF",
      })
  void refusesValuesOfAnotherType(String type, String json, String reason) {
    assertThatThrownBy(() -> decode(type, "{\"f\": " + json + "}"))
        .isInstanceOf(Malformed.class)
        .hasMessage(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{; not JSON: Unexpected end-of-input",
        "[1]; not a JSON object",
        "7; not a JSON object",
        "``; not JSON: No content",
        "{\"f\": 1} {}; not JSON: Trailing token",
        "{\"f\": 1} x; not JSON: Unrecognized token",
        "{\"f\": NaN}; not JSON: Non-standard token",
        "{\"f\": 01}; not JSON: Invalid numeric value",
      })
  void refusesWhatIsNotOneObject(String json, String reason) {
    assertThatThrownBy(() -> decode("'double'", json))
        .isInstanceOf(Malformed.class)
        .hasMessageStartingWith(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "1969-12-31T23:59:59.9999999Z, -1, -1, -100",
    "2026-01-01T07:10:15.315+00:00, 1767251415315, 1767251415315000, 1767251415315000000",
    "2026-01-01T07:10:15+02:00, 1767244215000, 1767244215000000, 1767244215000000000",
  })
  void readsIsoTimesInTheUnitOfTheField(String time, long millis, long micros, long nanos)
      throws Malformed {
    String json = "{\"f\": \"" + time + "\"}";
    assertThat(decode(MILLIS, json).get("f")).isEqualTo(millis);
    assertThat(decode(MICROS, json).get("f")).isEqualTo(micros);
    assertThat(decode(NANOS, json).get("f")).isEqualTo(nanos);
    assertThat(decode(MICROS, "{\"f\": " + micros + "}").get("f")).isEqualTo(micros);
  }

  @ParameterizedTest
  @CsvSource({"not a time", "2026-01-01T07:10:15", "2026-01-01", "12"})
  void refusesTimesWithoutZone(String time) {
    assertThatThrownBy(() -> decode(MILLIS, "{\"f\": \"" + time + "\"}"))
        .hasMessage("f: not a time");
  }

  @Test
  void refusesATimeThatDoesNotFitItsUnit() {
    assertThatThrownBy(() -> decode(NANOS, "{\"f\": \"9999-01-01T00:00:00Z\"}"))
        .hasMessage("f: not a time");
  }

  @Test
  void missingFieldsTakeTheirDefaultOrNull() throws Malformed {
    Schema schema =
        schema(
            "{'name':'d','type':'string','default':'x'},{'name':'n','type':['null','long']},"
                + "{'name':'a','type':{'type':'array','items':'int'},'default':[1]}");
    GenericData.Record first = new JsonDecoder(schema).decode(bytes("{\"other\": {}}"));
    assertThat(first.get("d")).isEqualTo("x");
    assertThat(first.get("n")).isNull();
    ((List<?>) first.get("a")).clear();
    GenericData.Record second = new JsonDecoder(schema).decode(bytes("{}"));
    assertThat(second.get("a")).as("a copy of its own").isEqualTo(List.of(1));
  }

  @Test
  void anExplicitNullDoesNotTakeTheDefault() {
    Schema schema = schema("{'name':'d','type':'string','default':'x'}");
    assertThatThrownBy(() -> new JsonDecoder(schema).decode(bytes("{\"d\": null}")))
        .hasMessage("d: expected string, found null");
  }

  @Test
  void theLastOfEqualKeysWins() throws Malformed {
    assertThat(decode("'long'", "{\"f\": \"a\", \"f\": 2}").get("f")).isEqualTo(2L);
  }

  @Test
  void readsNestedValues() throws Malformed {
    Schema schema =
        schema(
            "{'name':'r','type':['null',{'type':'record','name':'N','fields':["
                + "{'name':'m','type':{'type':'map','values':{'type':'array','items':['null','int']}}},"
                + "{'name':'b','type':'bytes'},{'name':'next','type':['null','N'],'default':null}]}]}");
    String inner = "{\"m\": {\"k\": [1, null]}, \"b\": \"\\u00ff\"}";
    GenericData.Record record =
        new JsonDecoder(schema)
            .decode(bytes("{\"r\": {\"m\": {}, \"b\": \"\", \"next\": " + inner + "}}"));
    GenericData.Record next =
        (GenericData.Record) ((GenericData.Record) record.get("r")).get("next");
    List<Object> list = new java.util.ArrayList<>();
    list.add(1);
    list.add(null);
    assertThat(next.get("m")).isEqualTo(Map.of("k", list));
    assertThat(next.get("b")).isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xff}));
    assertThat(GenericData.get().validate(schema, record)).isTrue();
  }

  private static GenericData.Record decode(String type, String json) throws Malformed {
    return new JsonDecoder(schema("{'name':'f','type':" + type + "}")).decode(bytes(json));
  }

  static Schema schema(String fields) {
    String json = "{'type':'record','name':'R','fields':[" + fields + "]}";
    return new Schema.Parser().parse(json.replace('\'', '"'));
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
