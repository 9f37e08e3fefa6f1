package io.plumbline.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.definition.Source;
import io.plumbline.definition.ValueType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContributionTest {
  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "E", "fields": [
                {"name": "amount", "type": ["null", "double"]},
                {"name": "units", "type": ["null", "long"]},
                {"name": "small", "type": "int"},
                {"name": "ratio", "type": "float"},
                {"name": "text", "type": ["null", "string"]},
                {"name": "kind", "type": {"type": "enum", "name": "K", "symbols": ["A", "B"]}},
                {"name": "ok", "type": ["null", "boolean"]},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "us", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
                {"name": "ns", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
                {"name": "vec", "type": ["null", {"type": "array", "items": ["null", "double"]}]},
                {"name": "ints", "type": {"type": "array", "items": "int"}},
                {"name": "tags", "type": {"type": "map", "values": "string"}},
                {"name": "raw", "type": "bytes"},
                {"name": "price", "type": ["null",
                  {"type": "bytes", "logicalType": "decimal", "precision": 9}]},
                {"name": "mixed", "type": ["null", "string", "double"]},
                {"name": "type", "type": "string"},
                {"name": "geo", "type": ["null", {"type": "record", "name": "Geo", "fields": [
                  {"name": "city", "type": "string"},
                  {"name": "lat", "type": "double"},
                  {"name": "next", "type": ["null", "Geo"]}]}]}
              ]}
              """);

  private static final Source SOURCE =
      new Source(
          "e",
          SCHEMA,
          "e",
          Source.Encoding.AVRO,
          "at",
          new Source.IngestedAt.Log(),
          0,
          Optional.empty(),
          0,
          0);

  private final EventSchema schema = EventSchema.of(SOURCE);

  private static GenericRecord event() {
    GenericRecord geo = new GenericData.Record(AvroTypes.nonNull(SCHEMA.getField("geo").schema()));
    geo.put("city", new Utf8("Köln"));
    geo.put("lat", 50.9);
    GenericRecord event = new GenericData.Record(SCHEMA);
    event.put("amount", 2.5);
    event.put("units", 7L);
    event.put("small", 3);
    event.put("ratio", 0.5f);
    event.put("text", new Utf8("abc"));
    event.put("kind", new GenericData.EnumSymbol(SCHEMA.getField("kind").schema(), "B"));
    event.put("ok", true);
    event.put("at", -1L);
    event.put("us", -1L);
    event.put("ns", 1_999_999L);
    event.put("vec", Arrays.asList(1.0, -0.0));
    event.put("ints", List.of(1, 2));
    event.put("tags", Map.of(new Utf8("a"), new Utf8("x")));
    event.put("raw", ByteBuffer.wrap(new byte[] {1, 2}));
    event.put("type", "t");
    event.put("geo", geo);
    return event;
  }

  /** As above, with null wherever that may be. */
  private static GenericRecord nulls() {
    GenericRecord event = event();
    for (String field : List.of("amount", "units", "text", "ok", "us", "vec", "geo")) {
      event.put(field, null);
    }
    return event;
  }

  private Object value(String expression, GenericRecord event) {
    return schema.contribution(Optional.empty(), Optional.of(expression)).lift(event);
  }

  private Object where(String expression, GenericRecord event) {
    return schema.contribution(Optional.of(expression), Optional.empty()).lift(event);
  }

  private static String shown(Object lifted) {
    return lifted == null ? "null" : lifted + ":" + lifted.getClass().getSimpleName();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          amount                              | 2.5:Double
          units                               | 7:Long
          small                               | 3:Long
          ratio                               | 0.5:Double
          text                                | abc:String
          kind                                | B:String
          ok                                  | true:Boolean
          at                                  | -1:Long
          us                                  | -1:Long
          ns                                  | 1:Long
          vec                                 | [1.0, 0.0]:List12
          ints                                | [1, 2]:List12
          type                                | t:String
          geo.city                            | Köln:String
          1                                   | 1:Long
          units / 2                           | 3:Long
          -units / 2                          | -3:Long
          -units % 4                          | -3:Long
          amount * double(units)              | 17.5:Double
          -0.0                                | 0.0:Double
          amount * -0.0                       | 0.0:Double
          1.0 / 0.0                           | null
          at.getHours()                       | 23:Long
          us.getMilliseconds()                | 999:Long
          at + duration('2ms')                | 1:Long
          us < at                             | false:Boolean
          geo.city + kind                     | KölnB:String
          tags['a']                           | x:String
          vec.map(x, x * 2.0)                 | [2.0, 0.0]:List12
          size(text)                          | 3:Long
          size(raw)                           | 2:Long
          type == 't' ? 1 : 2                 | 1:Long
          ok ? amount : 0.0                   | 2.5:Double
          vec != null && vec[0] > 0.5         | true:Boolean
          """)
  void liftsTheValue(String expression, String expected) {
    assertThat(shown(value(expression, event()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          amount                              | null
          geo.city                            | null
          us                                  | null
          vec                                 | null
          ok ? amount : 0.0                   | FAILED
          amount + 1.0                        | FAILED
          units / 7                           | FAILED
          text + 'a'                          | FAILED
          us.getHours()                       | FAILED
          geo.city + 'a'                      | FAILED
          amount == null ? 0.0 : amount       | 0.0:Double
          """)
  void liftsTheValueOfNulls(String expression, String expected) {
    Object lifted = value(expression, nulls());
    assertThat(lifted == Contribution.FAILED ? "FAILED" : shown(lifted)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "small / 0 > 1",
        "small % 0 > 1",
        "9223372036854775807 + small > 0",
        "(-9223372036854775807 - 1) / -1 > 0",
        "tags['b'] == 'x'",
        "vec[7] > 0.0",
        "int(text) > 0",
        "text.matches('(')",
        "at.getHours('Nowhere') > 0",
        "timestamp(text) > at",
        "duration(text) > duration('1s')",
        "at + duration('9000000000s') + duration('9000000000s') < at - duration('315576000000s')",
        "double(text) > 0.0"
      })
  void whatFailsDoesNotContribute(String where) {
    assertThat(where(where, event())).isSameAs(Contribution.FAILED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          ok                                  ; null
          !ok                                 ; FAILED
          ok == null                          ; true
          ok != null                          ; null
          null == amount                      ; true
          vec == null                         ; true
          us == null                          ; true
          geo.city == null                    ; true
          amount > 1.0                        ; FAILED
          amount > 1.0 || true                ; true
          true || amount > 1.0                ; true
          amount > 1.0 && false               ; null
          amount > 1.0 || false               ; FAILED
          amount > 1.0 && true                ; FAILED
          ok || true                          ; true
          ok && false                         ; null
          ok || false                         ; FAILED
          dyn(ok) || true                               ; true
          (ok && amount > 1.0) || true                  ; true
          (ok)                                          ; null
          !(ok) || geo.city == null                     ; true
          text == 'a'                         ; null
          text != 'a'                         ; true
          text in ['a', 'b']                  ; null
          text.startsWith('a')                ; FAILED
          """)
  void conditionsOnNullFollowCel(String where, String expected) {
    Object lifted = where(where, nulls());
    String shown =
        lifted == Contribution.FAILED ? "FAILED" : lifted == null ? "null" : lifted.toString();
    assertThat(shown).isEqualTo(expected);
  }

  @Test
  void aListWithAnElementThatIsNoValueDoesNotContribute() {
    GenericRecord event = event();
    event.put("vec", Arrays.asList(1.0, null));
    assertThat(value("vec", event)).isNull();
    event.put("vec", List.of(1.0, Double.NaN));
    assertThat(value("vec", event)).isNull();
    event.put("vec", List.of());
    assertThat(value("vec", event)).isEqualTo(List.of());
  }

  @Test
  void numbersThatAreNotFiniteDoNotContribute() {
    GenericRecord event = event();
    for (double odd : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      event.put("amount", odd);
      assertThat(value("amount", event)).isNull();
      assertThat(value("amount * 2.0", event)).isNull();
    }
  }

  @Test
  void extremeTimesAreReadAsTheyAre() {
    GenericRecord event = event();
    event.put("at", Long.MIN_VALUE);
    assertThat(value("at", event)).isEqualTo(Long.MIN_VALUE);
    event.put("us", Long.MIN_VALUE);
    assertThat(value("us", event)).isEqualTo(Math.floorDiv(Long.MIN_VALUE, 1_000L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at.getFullYear() > 0",
        "at.getHours('Asia/Tokyo') > 0",
        "string(at) == ''",
        "at + duration('1h') > at",
        "at - us > duration('1h')",
        "int(at) > 0"
      })
  void noTimeIsTooExtremeToBeJudged(String where) {
    for (long extreme : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
      GenericRecord event = event();
      event.put("at", extreme);
      assertThat(where(where, event)).isIn(null, true, Contribution.FAILED);
    }
  }

  @Test
  void stringsCompareByCodePoint() {
    GenericRecord event = event();
    event.put("text", "\uD83D\uDE00");
    assertThat(where("text > '\uFFFD'", event)).isEqualTo(true);
    assertThat(where("text <= '\uFFFD'", event)).isNull();
    assertThat(value("size(text)", event)).isEqualTo(1L);
  }

  @Test
  void eventsThatDoNotPassAddNothing() {
    Contribution contribution =
        schema.contribution(Optional.of("ok && amount > 0.0"), Optional.of("units"));
    assertThat(contribution.lift(event())).isEqualTo(7L);
    GenericRecord refused = event();
    refused.put("ok", false);
    assertThat(contribution.lift(refused)).isNull();
    assertThat(contribution.valueType()).contains(ValueType.LONG);
  }

  @Test
  void namesTheFieldsThatItReads() {
    Contribution contribution =
        Contribution.compile(
            SOURCE, Optional.of("geo.city == 'a' && vec.exists(x, x > amount)"), Optional.of("at"));
    assertThat(contribution.fields()).containsExactly("amount", "at", "geo", "vec");
    assertThat(schema.contribution(Optional.empty(), Optional.empty()).fields()).isEmpty();
  }

  @Test
  void readsProjectionsOfTheEvent() {
    Contribution contribution = schema.contribution(Optional.of("ok"), Optional.of("amount + 0.5"));
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : List.of("ok", "amount")) {
      fields.add(new Schema.Field(name, SCHEMA.getField(name).schema()));
    }
    GenericRecord narrow =
        new GenericData.Record(Schema.createRecord("P", null, null, false, fields));
    narrow.put("ok", true);
    narrow.put("amount", 1.0);
    assertThat(contribution.lift(narrow)).isEqualTo(1.5);
    assertThat(contribution.lift(event())).isEqualTo(3.0);

    GenericRecord lacking =
        new GenericData.Record(
            Schema.createRecord(
                "Q",
                null,
                null,
                false,
                List.of(new Schema.Field(fields.get(0), fields.get(0).schema()))));
    lacking.put("ok", true);
    assertThatThrownBy(() -> contribution.lift(lacking))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no field amount");
  }

  @Test
  void fieldsMayHaveNamesThatMeanSomethingToCel() {
    List<String> names =
        List.of("in", "true", "null", "package", "int", "string", "size", "dyn", "timestamp");
    List<Schema.Field> fields =
        names.stream()
            .map(name -> new Schema.Field(name, Schema.create(Schema.Type.LONG)))
            .toList();
    Schema odd = Schema.createRecord("Odd", null, null, false, fields);
    GenericRecord event = new GenericData.Record(odd);
    names.forEach(name -> event.put(name, 1L));
    Source source =
        new Source(
            "odd",
            odd,
            "e",
            Source.Encoding.AVRO,
            "in",
            new Source.IngestedAt.Log(),
            0,
            Optional.empty(),
            0,
            0);

    for (String name : names) {
      Contribution bare = Contribution.compile(source, Optional.empty(), Optional.of(name));
      assertThat(bare.lift(event)).isEqualTo(1L);
    }
    Contribution sum =
        Contribution.compile(
            source, Optional.of("size > 0"), Optional.of("int + string + dyn + timestamp"));
    assertThat(sum.lift(event)).isEqualTo(4L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          price                 | field price is a decimal, which expressions cannot hold
          mixed == 'a'          | field mixed is a union of several types, which expressions cannot hold
          raw                   | 'raw' is a bytes, which no feature can hold
          tags                  | 'tags' is a map, which no feature can hold
          at - us               | 'at - us' is a duration, which no feature can hold
          geo                   | field geo is a record
          geo.town              | there is no field geo.town in source e
          amount > 1            | '>' in 'amount > 1' cannot take double and int
          at > 0                | '>' in 'at > 0' cannot take timestamp and int
          ok ? 1 : 'a'          | '?:' in 'ok ? 1 : 'a'' cannot take bool and int and string
          text ? 1 : 2          | '?:' in 'text ? 1 : 2' cannot take string and int and int
          amount +              | 'amount +' is not CEL: it ends too soon
          text.foo()            | there is no function foo
          vec[0                 | 'vec[0' is not CEL: something is missing at column 6
          """)
  void refusesWhatCannotBe(String expression, String what) {
    assertThatThrownBy(() -> schema.value(expression))
        .isInstanceOfSatisfying(
            InvalidExpression.class, e -> assertThat(e.what()).startsWith(what));
  }
}
