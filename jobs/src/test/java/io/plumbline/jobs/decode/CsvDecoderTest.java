package io.plumbline.jobs.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvDecoderTest {
  private static final String MILLIS = "{'type':'long','logicalType':'timestamp-millis'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'string'; 17850.0; 17850.0",
        "'string'; ``; ``",
        "['null','string']; ``; null",
        "['null','long']; ``; null",
        "'long'; ` 12`; 12",
        "'double'; 1; 1.0",
        "'double'; -.5e1; -5.0",
        "'boolean'; True; true",
        "['long','string']; x; x",
        "{'type':'array','items':'double'}; [1, 2.5]; [1.0, 2.5]",
      })
  void readsFieldsByType(String type, String text, String expected) throws Malformed {
    assertThat(String.valueOf(decode(type, text))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'long'; 17850.0; f: not a long",
        "'long'; ``; f: empty",
        "'int'; 2147483648; f: not an int",
        "'double'; NaN; f: not a double",
        "'double'; 1d; f: not a double",
        "'double'; 0x1p3; f: not a double",
        "'double'; 1e999; f: not a double",
        "'double'; .; f: not a double",
        "'boolean'; 1; f: expected true or false",
        "{'type':'array','items':'double'}; 1,2; f: not JSON: Unexpected character",
      })
  void refusesFieldsOfAnotherType(String type, String text, String reason) {
    assertThatThrownBy(() -> decode(type, text))
        .isInstanceOf(Malformed.class)
        .hasMessageStartingWith(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "12/1/2010 8:26, 1291191960000",
    "7/1/2011 8:26, 1309505160000",
    "2010-12-01T08:26:00Z, 1291191960000",
    "1291191960000, 1291191960000",
    "-1, -1",
  })
  void readsTimesOfAPatternInItsZone(String text, long millis) throws Malformed {
    TimeText times = TimeText.of("M/d/yyyy H:mm", "Europe/London");
    Schema schema = JsonDecoderTest.schema("{'name':'f','type':" + MILLIS + "}");
    CsvDecoder decoder = new CsvDecoder(schema, List.of("f"), times);
    assertThat(decoder.decode(new String[] {text}).get("f")).isEqualTo(millis);
  }

  @Test
  void aPatternWithoutTimeOfDayMeansTheStartOfTheDay() {
    assertThat(TimeText.of("d.M.yyyy", "+01:00").parse("2.1.1970"))
        .hasToString("1970-01-01T23:00:00Z");
  }

  @Test
  void wrongPatternsAndZonesAreTheCallersMistake() {
    assertThatThrownBy(() -> TimeText.of("bogus", "UTC"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("bogus");
    assertThatThrownBy(() -> TimeText.of("yyyy", "Europe/Atlantis"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Europe/Atlantis");
  }

  @Test
  void missingColumnsAreMissingFieldsAndShortRowsAreMalformed() throws Malformed {
    Schema schema =
        JsonDecoderTest.schema(
            "{'name':'a','type':'int'},{'name':'b','type':'int','default':7},"
                + "{'name':'c','type':'string'}");
    CsvDecoder without = new CsvDecoder(schema, List.of("c", "a"), TimeText.ISO);
    assertThat(without.decode(new String[] {"x", "1"}))
        .hasToString("{\"a\": 1, \"b\": 7, \"c\": \"x\"}");
    assertThatThrownBy(() -> without.decode(new String[] {"x"}))
        .hasMessage("1 fields where the header has 2");
    CsvDecoder noText = new CsvDecoder(schema, List.of("a", "b"), TimeText.ISO);
    assertThatThrownBy(() -> noText.decode(new String[] {"1", ""})).hasMessage("c: missing");
  }

  private static Object decode(String type, String text) throws Malformed {
    Schema schema = JsonDecoderTest.schema("{'name':'f','type':" + type + "}");
    return new CsvDecoder(schema, List.of("f"), TimeText.ISO).decode(new String[] {text}).get("f");
  }
}
