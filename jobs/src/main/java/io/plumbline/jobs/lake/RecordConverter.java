package io.plumbline.jobs.lake;

import io.plumbline.jobs.decode.MissingField;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/**
 * Assembles Avro records from a Parquet group, matching fields by name. A field that the group
 * lacks takes its default or null. A new record is made for every row.
 */
final class RecordConverter extends GroupConverter {
  private final Schema schema;
  private final Slot parent;
  private final List<Type> columns = new ArrayList<>();
  private final List<Converter> converters = new ArrayList<>();
  private final List<Schema.Field> absent = new ArrayList<>();
  private final List<MissingField> absentValues = new ArrayList<>();
  private GenericData.Record record;

  /**
   * @param wanted which of the schema's fields to read; the others stay null
   */
  RecordConverter(GroupType group, Schema schema, Predicate<String> wanted, Slot parent) {
    this.schema = schema;
    this.parent = parent;
    for (Schema.Field field : schema.getFields()) {
      if (!wanted.test(field.name())) {
        continue;
      }
      if (group.containsField(field.name())) {
        Type column = group.getType(field.name());
        int at = field.pos();
        Slot slot = value -> record.put(at, value);
        columns.add(column);
        converters.add(ColumnConverters.of(column, field.schema(), slot));
      } else {
        addAbsent(field);
      }
    }
  }

  private void addAbsent(Schema.Field field) {
    MissingField missing = MissingField.of(field);
    if (missing.allowed() && missing.value() != null) {
      absent.add(field);
      absentValues.add(missing);
    }
  }

  /** The columns that are read, in the order of their converters. */
  List<Type> columns() {
    return columns;
  }

  /** Adds a column that is not part of the record. */
  void addColumn(Type column, Converter converter) {
    columns.add(column);
    converters.add(converter);
  }

  GenericData.Record record() {
    return record;
  }

  @Override
  public Converter getConverter(int index) {
    return converters.get(index);
  }

  @Override
  public void start() {
    record = new GenericData.Record(schema);
    for (int i = 0; i < absent.size(); i++) {
      record.put(absent.get(i).pos(), absentValues.get(i).value());
    }
  }

  @Override
  public void end() {
    parent.put(record);
  }
}
