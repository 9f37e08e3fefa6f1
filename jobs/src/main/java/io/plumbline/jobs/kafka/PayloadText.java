package io.plumbline.jobs.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.plumbline.jobs.decode.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.apache.avro.generic.GenericData;

/**
 * A log's values as JSON for people to read: the record where it can be decoded, else its text as a
 * JSON string, else {@code {"_base64": ...}}. Not for several threads at once.
 */
public final class PayloadText {
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .readerFor(JsonNode.class);

  private final PayloadFormat format;
  private final PayloadDecoder decoder;

  public PayloadText(PayloadFormat format) {
    this.format = format;
    decoder = format.decoder();
  }

  /**
   * One line of JSON.
   *
   * @param value null in a tombstone
   */
  public String of(byte[] value) {
    if (value == null) {
      return "null";
    }
    return (switch (format.encoding()) {
          case JSON -> json(value);
          case AVRO, CONFLUENT_AVRO -> record(value);
        })
        .or(() -> text(value))
        .orElseGet(() -> base64(value));
  }

  /** As it came: also what the schema does not know is worth a look. */
  private static Optional<String> json(byte[] value) {
    try {
      JsonNode node = READER.readValue(value);
      return node.isMissingNode() ? Optional.empty() : Optional.of(node.toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> record(byte[] value) {
    try {
      String json = GenericData.get().toString(decoder.decode(value));
      return Optional.of(READER.readTree(json).toString());
    } catch (Malformed | JsonProcessingException | RegistryUnavailable e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(byte[] value) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      boolean readable =
          text.chars().noneMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
      return readable
          ? Optional.of(JsonNodeFactory.instance.textNode(text).toString())
          : Optional.empty();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String base64(byte[] value) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("_base64", Base64.getEncoder().encodeToString(value))
        .toString();
  }
}
