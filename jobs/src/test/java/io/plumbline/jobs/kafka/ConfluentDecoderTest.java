package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.definition.Source.Encoding;
import io.plumbline.jobs.decode.Malformed;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfluentDecoderTest {
  private static final Schema READER =
      Avro.schema(
          "{'name':'id','type':'string'},"
              + "{'name':'count','type':'long'},"
              + "{'name':'colour','type':'string','default':'red'},"
              + "{'name':'city','type':['null','string'],'default':null,'aliases':['town']}");

  private FakeRegistry registry;

  @BeforeEach
  void start() throws Exception {
    registry = new FakeRegistry();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void resolvesWhatTheWriterHadToTheSourcesSchema() throws Exception {
    Schema old = Avro.schema("{'name':'count','type':'int'},{'name':'id','type':'string'}");
    Schema wider =
        Avro.schema(
            "{'name':'id','type':'string'},{'name':'gone','type':'double'},"
                + "{'name':'count','type':'long'},{'name':'town','type':'string'}");
    registry.put(1, old);
    registry.put(2, wider);
    PayloadDecoder decoder = decoder();
    for (int round = 0; round < 2; round++) {
      GenericData.Record first = decoder.decode(Avro.confluent(1, Avro.record(old, 7, "a")));
      assertThat(first).isEqualTo(Avro.record(READER, "a", 7L, "red", null));
      assertThat(first.get("colour")).isInstanceOf(String.class);
      assertThat(first.getSchema()).isSameAs(READER);
      assertThat(decoder.decode(Avro.confluent(2, Avro.record(wider, "b", 0.5, 8L, "Ulm"))))
          .isEqualTo(Avro.record(READER, "b", 8L, "red", "Ulm"));
    }
    assertThat(registry.requests).hasValue(2);
  }

  @Test
  void whatDoesNotResolveIsMalformed() {
    Schema text = Avro.schema("{'name':'id','type':'string'},{'name':'count','type':'string'}");
    Schema less = Avro.schema("{'name':'id','type':'string'}");
    registry.put(1, text);
    registry.put(2, less);
    PayloadDecoder decoder = decoder();
    for (int round = 0; round < 2; round++) {
      assertMalformed(
          decoder,
          Avro.confluent(1, Avro.record(text, "a", "b")),
          "does not fit the source's schema Click");
      assertMalformed(
          decoder,
          Avro.confluent(2, Avro.record(less, "a")),
          "does not fit the source's schema Click");
    }
    assertThat(registry.requests).hasValue(2);
  }

  @Test
  void aWritersUnionMayHoldWhatTheSourceCannot() throws Exception {
    Schema nullable =
        Avro.schema("{'name':'id','type':['null','string']},{'name':'count','type':'long'}");
    registry.put(1, nullable);
    PayloadDecoder decoder = decoder();
    assertThat(decoder.decode(Avro.confluent(1, Avro.record(nullable, "a", 1L))).get("id"))
        .isEqualTo("a");
    assertMalformed(
        decoder,
        Avro.confluent(1, Avro.record(nullable, null, 1L)),
        "does not fit the source's schema Click");
  }

  @Test
  void garbageIsMalformed() {
    registry.put(1, READER);
    registry.put("/schemas/ids/3", "{\"schema\": \"message X {}\", \"schemaType\": \"PROTOBUF\"}");
    registry.put("/schemas/ids/4", "{\"schema\": \"no schema\"}");
    byte[] good = Avro.confluent(1, Avro.record(READER, "a", 1L, "blue", null));
    PayloadDecoder decoder = decoder();
    String header = "names no schema: does not start with a zero byte and an id";
    assertMalformed(decoder, new byte[0], header);
    assertMalformed(decoder, new byte[] {0, 0, 0, 1}, header);
    assertMalformed(decoder, new byte[] {1, 0, 0, 0, 1, 2}, header);
    assertMalformed(
        decoder,
        Arrays.copyOf(good, good.length - 1),
        "not Avro of the schema: ends within the record");
    assertMalformed(
        decoder,
        Arrays.copyOf(good, good.length + 1),
        "not Avro of the schema: goes on after the record");
    assertMalformed(
        decoder, new byte[] {0, 0, 0, 0, 3, 2}, "names a schema that is no Avro schema");
    assertMalformed(
        decoder, new byte[] {0, 0, 0, 0, 4, 2}, "names a schema that is no Avro schema");
    int before = registry.requests.get();
    for (int round = 0; round < 3; round++) {
      assertMalformed(
          decoder,
          new byte[] {0, -1, 0, 0, 9, 2},
          "names a schema that the registry does not know");
    }
    assertThat(registry.requests.get()).isEqualTo(before + 1);
  }

  @Test
  void followsReferences() throws Exception {
    Schema place =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"Place\",\"namespace\":\"shop\",\"fields\":"
                    + "[{\"name\":\"city\",\"type\":\"string\"}]}");
    String click =
        "{\"type\":\"record\",\"name\":\"Click\",\"namespace\":\"shop\",\"fields\":["
            + "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"count\",\"type\":\"long\"},"
            + "{\"name\":\"place\",\"type\":\"shop.Place\"}]}";
    ObjectNode answer = new ObjectMapper().createObjectNode().put("schema", click);
    answer
        .putArray("references")
        .addObject()
        .put("name", "shop.Place")
        .put("subject", "place/value")
        .put("version", 3);
    registry.put("/schemas/ids/1", answer.toString());
    registry.put("/subjects/place/value/versions/3", new ObjectMapper().createObjectNode(), place);
    Schema.Parser parser = new Schema.Parser();
    parser.parse(place.toString());
    Schema writer = parser.parse(click);
    GenericData.Record written = Avro.record(writer, "a", 1L, Avro.record(place, "Ulm"));
    assertThat(decoder().decode(Avro.confluent(1, written)).get("id")).isEqualTo("a");
  }

  @Test
  void aRegistryThatIsBusyIsAskedAgain() throws Exception {
    registry.put(1, READER);
    registry.failures.set(2);
    byte[] value = Avro.confluent(1, Avro.record(READER, "a", 1L, "blue", null));
    assertThat(decoder().decode(value).get("id")).isEqualTo("a");
    assertThat(registry.requests).hasValue(3);
  }

  @Test
  void aRegistryThatIsAwayStopsTheJob() {
    RegistrySettings settings = registry.settings();
    registry.close();
    PayloadDecoder decoder =
        new ConfluentDecoder(
            READER, new SchemaRegistry(settings, Duration.ofMillis(1), Duration.ofSeconds(10)));
    assertThatThrownBy(() -> decoder.decode(new byte[] {0, 0, 0, 0, 1, 2}))
        .isInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("schema registry at " + settings.url());
  }

  @Test
  void saysWhoItIs() throws Exception {
    registry.put(1, READER);
    registry.authorization = "Basic YW5uOnMzY3JldA==";
    byte[] value = Avro.confluent(1, Avro.record(READER, "a", 1L, "blue", null));
    RegistrySettings known =
        new RegistrySettings(
            registry.settings().url(), Map.of("basic.auth.user.info", "ann:s3cret"));
    assertThat(new PayloadFormat(Encoding.CONFLUENT_AVRO, READER, known).decoder().decode(value))
        .isNotNull();
    assertThat(known.toString()).doesNotContain("s3cret").contains("(hidden)");
    assertThatThrownBy(() -> decoder().decode(value))
        .isInstanceOf(RegistryUnavailable.class)
        .hasMessageContaining("401")
        .hasMessageContaining("correct schema.registry.basic.auth.user.info");
  }

  @Test
  void refusesAddressesThatAreNone() {
    for (String url : new String[] {"registry:8081", "ftp://x", "http://ann:s3cret@x", "", "%"}) {
      assertThatThrownBy(() -> RegistrySettings.none().at(url))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("write it as in http://registry:8081")
          .hasMessageNotContaining("s3cret");
    }
  }

  private PayloadDecoder decoder() {
    return new PayloadFormat(Encoding.CONFLUENT_AVRO, READER, registry.settings()).decoder();
  }

  private static void assertMalformed(PayloadDecoder decoder, byte[] value, String reason) {
    assertThatThrownBy(() -> decoder.decode(value))
        .isInstanceOf(Malformed.class)
        .hasMessage(reason);
  }
}
