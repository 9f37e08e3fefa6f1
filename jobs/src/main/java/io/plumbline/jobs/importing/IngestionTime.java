package io.plumbline.jobs.importing;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.lake.LakeSchema;
import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * Finds a row's ingestion time: in {@code _ingested_at}, else in the field that the call names,
 * else in the one that the source names. It is read from the row itself, so that a row with another
 * mistake keeps its time.
 */
final class IngestionTime {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");

  private final Map<String, TimeField> fields = new LinkedHashMap<>();
  private final TimeText times;

  IngestionTime(Source source, Optional<String> named, TimeText times) {
    this.times = times;
    fields.put(LakeSchema.INGESTED_AT, TimeField.EPOCH_MILLIS);
    named.ifPresent(field -> fields.putIfAbsent(field, unitOf(source.schema(), field)));
    if (source.ingestedAt() instanceof Source.IngestedAt.Field field) {
      fields.putIfAbsent(field.name(), unitOf(source.schema(), field.name()));
    }
  }

  /** The fields it looks at, in their order. */
  Set<String> fields() {
    return fields.keySet();
  }

  /**
   * Epoch milliseconds; empty where the row has none.
   *
   * @throws Malformed if it has something else there
   */
  OptionalLong of(Row row) throws Malformed {
    for (Map.Entry<String, TimeField> field : fields.entrySet()) {
      Object value = row.raw(field.getKey());
      if (value != null) {
        try {
          return OptionalLong.of(millis(value, field.getValue()));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
          throw new Malformed(field.getKey() + ": not a time");
        }
      }
    }
    return OptionalLong.empty();
  }

  private long millis(Object value, TimeField unit) {
    if (value instanceof Long number) {
      return unit.millis(number);
    }
    String text = value.toString().strip();
    return INTEGER.matcher(text).matches()
        ? unit.millis(Long.parseLong(text))
        : times.parse(text).toEpochMilli();
  }

  private static TimeField unitOf(Schema schema, String field) {
    Schema.Field known = schema.getField(field);
    TimeField unit =
        known == null
            ? TimeField.EPOCH_MILLIS
            : TimeField.of(known.schema()).orElse(TimeField.EPOCH_MILLIS);
    return unit == TimeField.ISO_8601 ? TimeField.EPOCH_MILLIS : unit;
  }
}
