package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.definition.Source.Encoding;
import io.plumbline.jobs.decode.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class PayloadDecoderTest {
  private static final Schema CLICK =
      Avro.schema(
          "{'name':'id','type':['null','string']},"
              + "{'name':'at','type':['null','string']},"
              + "{'name':'amount','type':'double'},"
              + "{'name':'tags','type':{'type':'array','items':'string'}},"
              + "{'name':'more','type':{'type':'map','values':'long'}},"
              + "{'name':'where','type':{'type':'record','name':'Place','fields':"
              + "[{'name':'city','type':'string'}]}}");
  private static final String AT = "2026-05-01T08:00:00Z";

  @Test
  void readsAvroAsTheSourcesOwnRecords() throws Exception {
    GenericData.Record read = decoder(Encoding.AVRO).decode(Avro.binary(click("c1", AT)));
    assertThat(read).isEqualTo(click("c1", AT));
    assertThat(read.getSchema()).isSameAs(CLICK);
    assertThat(((GenericData.Record) read.get("where")).getSchema())
        .isSameAs(CLICK.getField("where").schema());
    assertThat(read.get("id")).isInstanceOf(String.class);
    assertThat(read.get("more")).isEqualTo(Map.of("süß", 7L));
    assertThat(((List<?>) read.get("tags")).get(1)).isEqualTo("b");
  }

  @Test
  void everyTruncationIsMalformed() {
    byte[] whole = Avro.binary(click("c1", AT));
    PayloadDecoder decoder = decoder(Encoding.AVRO);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decoder.decode(part)).isInstanceOf(Malformed.class);
    }
    assertMalformed(
        decoder,
        Arrays.copyOf(whole, whole.length + 1),
        "not Avro of the schema: goes on after the record");
    assertMalformed(decoder, null, "no value");
  }

  @Test
  void garbageIsMalformedOrARecordAndNothingElse() {
    long seed = 11;
    Random random = new Random(seed);
    byte[] whole = Avro.binary(click("c1", AT));
    PayloadDecoder decoder = decoder(Encoding.AVRO);
    for (int i = 0; i < 20_000; i++) {
      byte[] garbage = random.nextBoolean() ? new byte[random.nextInt(60)] : whole.clone();
      if (garbage.length != whole.length) {
        random.nextBytes(garbage);
      }
      for (int n = random.nextInt(4); n > 0 && garbage.length > 0; n--) {
        garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(decoder.decode(garbage)).isNotNull();
      } catch (Malformed expected) {
        assertThat(expected.reason()).isNotBlank();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", " + Arrays.toString(garbage), e);
      }
    }
  }

  @Test
  void lengthsThatCannotBeTakeNoMemory() {
    PayloadDecoder decoder = decoder(Encoding.AVRO);
    byte[] text = {2, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 'x'};
    assertMalformed(decoder, text, "not Avro of the schema: ends within the record");
    ByteBuffer list = ByteBuffer.allocate(20).put((byte) 0).put((byte) 0).putDouble(0);
    list.put(new byte[] {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F});
    assertMalformed(decoder, list.array(), "not Avro of the schema");
  }

  @Test
  void textThatIsNotUtf8IsMalformed() throws Exception {
    byte[] value = Avro.binary(click("??", AT));
    value[2] = (byte) 0xC3;
    value[3] = (byte) 0x28;
    assertMalformed(decoder(Encoding.AVRO), value, "not Avro of the schema: text is not UTF-8");
    assertThat(decoder(Encoding.AVRO).decode(Avro.binary(click("\uFFFD", AT))).get("id"))
        .isEqualTo("\uFFFD");
  }

  @Test
  void asksForTimeAndIdAsImportDoes() throws Exception {
    EventDecoder events = new EventDecoder(source(Encoding.AVRO), RegistrySettings.none());
    assertThat(events.decode(Avro.binary(click("c1", AT)))).isEqualTo(click("c1", AT));
    assertMalformed(events, Avro.binary(click(null, AT)), "id: no event id");
    assertMalformed(events, Avro.binary(click("c1", null)), "at: no event time");
    assertMalformed(events, Avro.binary(click("c1", "yesterday")), "at: not a time");
    assertMalformed(events, Avro.binary(click("c1", "2026-05-01T08:00:00")), "at: not a time");
    EventDecoder json = new EventDecoder(source(Encoding.JSON), RegistrySettings.none());
    String rest = "\"amount\": 1, \"tags\": [], \"more\": {}, \"where\": {\"city\": \"x\"}}";
    assertThat(json.decode(utf8("{\"id\": \"a\", \"at\": \"" + AT + "\", " + rest)).get("amount"))
        .isEqualTo(1.0);
    assertMalformed(json, utf8("{\"at\": \"" + AT + "\", " + rest), "id: no event id");
    assertMalformed(json, utf8("[]"), "not a JSON object");
    assertMalformed(json, utf8("{\"id\": 7}"), "id: expected string, found integer");
  }

  @Test
  void readsIngestionTimesOfAField() throws Exception {
    Source source = source(Encoding.AVRO, new Source.IngestedAt.Field("at"));
    IngestionClock clock =
        InstantiationUtil.clone(IngestionClock.of(source, RegistrySettings.none()));
    assertThat(clock.ingestedAt(record(Avro.binary(click("c1", AT))))).hasValue(1_777_622_400_000L);
    assertThat(clock.ingestedAt(record(Avro.binary(click("c1", "17"))))).hasValue(17);
    assertThat(clock.ingestedAt(record(Avro.binary(click("c1", null))))).isEmpty();
    assertThat(clock.ingestedAt(record(utf8("garbage")))).isEmpty();
    IngestionClock log =
        InstantiationUtil.clone(IngestionClock.of(source(Encoding.AVRO), RegistrySettings.none()));
    assertThat(log).isSameAs(IngestionClock.RECORD_TIME);
    assertThat(log.ingestedAt(record(null))).hasValue(5);
  }

  @Test
  void showsPayloadsAsJson() {
    PayloadText avro = text(Encoding.AVRO);
    assertThat(avro.of(Avro.binary(click("c1", AT))))
        .isEqualTo(
            "{\"id\":\"c1\",\"at\":\"2026-05-01T08:00:00Z\",\"amount\":2.5,\"tags\":[\"a\",\"b\"],"
                + "\"more\":{\"süß\":7},\"where\":{\"city\":\"Köln\"}}");
    assertThat(avro.of(utf8("no avro"))).isEqualTo("\"no avro\"");
    assertThat(avro.of(new byte[] {0, 1, (byte) 0xFF})).isEqualTo("{\"_base64\":\"AAH/\"}");
    assertThat(avro.of(new byte[] {1, 2})).isEqualTo("{\"_base64\":\"AQI=\"}");
    assertThat(avro.of(null)).isEqualTo("null");
    PayloadText json = text(Encoding.JSON);
    assertThat(json.of(utf8("{\"other\":\n [1.50]}"))).isEqualTo("{\"other\":[1.50]}");
    assertThat(json.of(utf8("{\"cut"))).isEqualTo("\"{\\\"cut\"");
    assertThat(json.of(utf8(""))).isEqualTo("\"\"");
  }

  @Test
  void confluentNeedsARegistry() {
    assertThatThrownBy(
            () -> PayloadFormat.of(source(Encoding.CONFLUENT_AVRO), RegistrySettings.none()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("source clicks is confluent-avro")
        .hasMessageContaining("name its address");
  }

  private static void assertMalformed(PayloadDecoder decoder, byte[] value, String reason) {
    assertThatThrownBy(() -> decoder.decode(value))
        .isInstanceOf(Malformed.class)
        .hasMessage(reason);
  }

  private static GenericData.Record click(String id, String at) {
    return Avro.record(
        CLICK,
        id,
        at,
        2.5,
        List.of("a", "b"),
        Map.of("süß", 7L),
        Avro.record(CLICK.getField("where").schema(), "Köln"));
  }

  private static LogRecord record(byte[] value) {
    return new LogRecord("clicks", 0, 0, 5, value);
  }

  private static PayloadDecoder decoder(Encoding encoding) {
    return PayloadFormat.of(source(encoding), RegistrySettings.none()).decoder();
  }

  private static PayloadText text(Encoding encoding) {
    return new PayloadText(PayloadFormat.of(source(encoding), RegistrySettings.none()));
  }

  private static Source source(Encoding encoding) {
    return source(encoding, new Source.IngestedAt.Log());
  }

  private static Source source(Encoding encoding, Source.IngestedAt ingestedAt) {
    return new Source(
        "clicks", CLICK, "clicks", encoding, "at", ingestedAt, 0, Optional.of("id"), 0, 0);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
