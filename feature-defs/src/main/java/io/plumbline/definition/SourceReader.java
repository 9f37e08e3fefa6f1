package io.plumbline.definition;

import io.plumbline.time.TimeField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads one entry of {@code sources}. */
final class SourceReader {
  private static final Set<Schema.Type> ID_TYPES =
      Set.of(Schema.Type.STRING, Schema.Type.INT, Schema.Type.LONG, Schema.Type.ENUM);

  private static final List<String> KEYS =
      List.of(
          "name",
          "schema",
          "topic",
          "encoding",
          "event_time",
          "ingested_at",
          "log_disorder",
          "event_id",
          "lateness",
          "max_clock_skew");
  private static final Map<String, Source.Encoding> ENCODINGS =
      Map.of(
          "avro", Source.Encoding.AVRO,
          "confluent-avro", Source.Encoding.CONFLUENT_AVRO,
          "json", Source.Encoding.JSON);
  private static final List<String> LAKE_COLUMNS = List.of("_ingested_at", "_partition", "_offset");
  private static final long LOG_DISORDER_MS = 1_000;
  private static final long MAX_CLOCK_SKEW_MS = 5_000;

  private final YamlMap map;
  private final String name;

  private SourceReader(YamlMap map, String name) {
    this.map = map;
    this.name = name;
  }

  /**
   * The source; empty if its fields cannot be known. A problem elsewhere leaves a value of no
   * meaning in its place, so that the features of the source are checked all the same.
   */
  static Optional<Source> read(YamlMap map, String name) {
    map.allow(KEYS);
    return new SourceReader(map, name).read();
  }

  private Optional<Source> read() {
    String topic = map.require("topic", name + "-events").flatMap(this::topic).orElse("");
    Source.Encoding encoding = map.get("encoding").map(this::encoding).orElse(Source.Encoding.AVRO);
    long lateness = map.require("lateness", "10m").map(v -> millis(v, "lateness")).orElse(0L);
    long disorder =
        map.get("log_disorder").map(v -> millis(v, "log_disorder")).orElse(LOG_DISORDER_MS);
    long skew =
        map.get("max_clock_skew").map(v -> millis(v, "max_clock_skew")).orElse(MAX_CLOCK_SKEW_MS);
    Optional<YamlValue> eventTime = map.require("event_time", "the field that says when");
    Optional<Schema> schema =
        map.require("schema", name + ".avsc")
            .flatMap(v -> v.text("schema").flatMap(text -> schema(v, text)));
    return schema.map(
        record ->
            new Source(
                name,
                record,
                topic,
                encoding,
                eventTime.flatMap(v -> timeField(v, "event_time", record)).orElse(""),
                map.get("ingested_at")
                    .map(v -> ingestedAt(v, record))
                    .orElseGet(Source.IngestedAt.Log::new),
                disorder,
                map.get("event_id").flatMap(v -> idField(v, record)).map(Schema.Field::name),
                lateness,
                skew));
  }

  private static long millis(YamlValue value, String key) {
    return value.duration(key).orElse(0);
  }

  private Optional<String> topic(YamlValue value) {
    Optional<String> topic = value.text("topic");
    if (topic.isPresent() && !topic.get().matches("[A-Za-z0-9._-]{1,249}")) {
      value.problem(
          "topic '" + topic.get() + "' is no Kafka topic",
          "use up to 249 letters, digits, '.', '_' and '-'");
    }
    return topic;
  }

  private Source.Encoding encoding(YamlValue value) {
    Source.Encoding encoding = ENCODINGS.get(value.toString().toLowerCase(Locale.ROOT));
    if (encoding == null) {
      value.problem("there is no encoding '" + value + "'", "write avro, confluent-avro or json");
      return Source.Encoding.AVRO;
    }
    return encoding;
  }

  private Source.IngestedAt ingestedAt(YamlValue value, Schema record) {
    return switch (value.toString()) {
      case "log" -> new Source.IngestedAt.Log();
      case "record" -> new Source.IngestedAt.Record();
      default -> new Source.IngestedAt.Field(timeField(value, "ingested_at", record).orElse(""));
    };
  }

  private Optional<String> timeField(YamlValue value, String key, Schema record) {
    Optional<Schema.Field> field = field(value, key, record);
    if (field.isPresent() && TimeField.of(field.get().schema()).isEmpty()) {
      value.problem(
          key
              + " field "
              + value
              + " is of type "
              + typeName(field.get().schema())
              + ", not a time",
          "use a long (epoch ms), timestamp-millis, timestamp-micros or an ISO-8601 string");
      return Optional.empty();
    }
    return field.map(Schema.Field::name);
  }

  /** Ids are compared as text, which arrays, bytes and the like do not have. */
  private Optional<Schema.Field> idField(YamlValue value, Schema record) {
    Optional<Schema.Field> field = field(value, "event_id", record);
    if (field.isPresent()) {
      Schema.Type type = TimeField.nonNull(field.get().schema()).getType();
      if (!ID_TYPES.contains(type)) {
        value.problem(
            "event_id field " + value + " is of type " + typeName(field.get().schema()),
            "use a string, an int or a long");
        return Optional.empty();
      }
    }
    return field;
  }

  private Optional<Schema.Field> field(YamlValue value, String key, Schema record) {
    Optional<String> text = value.text(key);
    Optional<Schema.Field> field = text.map(record::getField);
    if (text.isPresent() && field.isEmpty()) {
      List<String> names = record.getFields().stream().map(Schema.Field::name).toList();
      value.problem(
          key + " '" + text.get() + "' is no field of source " + name,
          Names.suggest(text.get(), "field", names));
    }
    return field;
  }

  private Optional<Schema> schema(YamlValue value, String path) {
    Path file = value.file().resolveSibling(path);
    if (!Files.isRegularFile(file)) {
      value.problem(
          "there is no schema " + file, "write the path of an .avsc file, relative to this one");
      return Optional.empty();
    }
    try {
      Schema schema = new Schema.Parser().parse(Files.readString(file));
      if (schema.getType() == Schema.Type.RECORD) {
        schema.getFields().forEach(field -> refuseLakeColumn(value, file, field.name()));
        return Optional.of(schema);
      }
      value.problem(
          "schema " + file + " is of type " + typeName(schema), "an event is an Avro record");
    } catch (IOException | AvroRuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      value.problem("schema " + file + " is no Avro schema: " + why, "correct it");
    }
    return Optional.empty();
  }

  private static void refuseLakeColumn(YamlValue value, Path file, String field) {
    if (LAKE_COLUMNS.contains(field)) {
      value.problem(
          "field " + field + " of schema " + file + " has the name of a column of the lake",
          "rename the field");
    }
  }

  static String typeName(Schema schema) {
    Schema bare = TimeField.nonNull(schema);
    return bare.getLogicalType() == null
        ? bare.getType().getName()
        : bare.getLogicalType().getName();
  }
}
