package io.plumbline.jobs.importing;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.IngestedField;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.lake.LakeSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds a row's ingestion time: in {@code _ingested_at}, else in the field that the call names,
 * else in the one that the source names. It is read from the row itself, so that a row with another
 * mistake keeps its time.
 */
final class IngestionTime {
  private final Map<String, IngestedField> fields = new LinkedHashMap<>();

  IngestionTime(Source source, Optional<String> named, TimeText times) {
    add(source, LakeSchema.INGESTED_AT, times);
    named.ifPresent(field -> add(source, field, times));
    if (source.ingestedAt() instanceof Source.IngestedAt.Field field) {
      add(source, field.name(), times);
    }
  }

  private void add(Source source, String field, TimeText times) {
    fields.putIfAbsent(field, new IngestedField(source.schema(), field, times));
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
    for (IngestedField field : fields.values()) {
      OptionalLong time = field.millis(row.raw(field.name()));
      if (time.isPresent()) {
        return time;
      }
    }
    return OptionalLong.empty();
  }
}
