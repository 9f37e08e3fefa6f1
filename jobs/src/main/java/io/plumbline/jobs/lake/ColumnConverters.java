package io.plumbline.jobs.lake;

import io.plumbline.time.TimeField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Makes the converter that reads a Parquet column as an Avro type. Lists may have two levels or
 * three; nested records are read as their columns are, whole.
 */
final class ColumnConverters {
  private ColumnConverters() {}

  /**
   * @throws ColumnMismatch if the column does not hold the type
   */
  static Converter of(Type column, Schema schema, Slot slot) {
    Schema bare = TimeField.nonNull(schema);
    if (column.isRepetition(Type.Repetition.REPEATED)) {
      throw mismatch(column, schema);
    }
    if (column.isPrimitive() && bare.getType() != Schema.Type.UNION) {
      return ScalarConverters.of(column.asPrimitiveType(), bare, slot);
    }
    if (column.isPrimitive()) {
      throw mismatch(column, schema);
    }
    GroupType group = column.asGroupType();
    return switch (bare.getType()) {
      case RECORD -> nested(group, bare, slot);
      case ARRAY -> list(group, bare, slot);
      case MAP -> map(group, bare, slot);
      case UNION -> union(group, bare, slot);
      default -> throw mismatch(column, schema);
    };
  }

  static ColumnMismatch mismatch(Type column, Schema schema) {
    return new ColumnMismatch(
        "column " + column.getName() + " is '" + column + "', which is no " + schema);
  }

  private static Converter nested(GroupType group, Schema schema, Slot slot) {
    RecordConverter converter = new RecordConverter(group, schema, name -> true, slot);
    for (Schema.Field field : schema.getFields()) {
      if (!group.containsField(field.name())
          && !field.hasDefaultValue()
          && !field.schema().isNullable()) {
        throw mismatch(group, schema);
      }
    }
    return new SparseGroup(group, converter);
  }

  private static Converter list(GroupType group, Schema schema, Slot slot) {
    if (group.getFieldCount() != 1 || !group.getType(0).isRepetition(Type.Repetition.REPEATED)) {
      throw mismatch(group, schema);
    }
    return new ListConverter(group.getType(0), schema, slot);
  }

  private static Converter map(GroupType group, Schema schema, Slot slot) {
    if (group.getFieldCount() != 1
        || group.getType(0).isPrimitive()
        || group.getType(0).asGroupType().getFieldCount() != 2) {
      throw mismatch(group, schema);
    }
    return new MapConverter(group.getType(0).asGroupType(), schema, slot);
  }

  private static Converter union(GroupType group, Schema schema, Slot slot) {
    List<Converter> members = new ArrayList<>();
    for (Schema branch : schema.getTypes()) {
      if (branch.getType() == Schema.Type.NULL) {
        continue;
      }
      int i = members.size();
      if (i >= group.getFieldCount() || !group.getFieldName(i).equals("member" + i)) {
        throw mismatch(group, schema);
      }
      members.add(of(group.getType(i), branch, slot));
    }
    if (members.size() != group.getFieldCount()) {
      throw mismatch(group, schema);
    }
    return new Wrapper(members);
  }

  /** A group that only holds others, such as a union's. */
  private static final class Wrapper extends GroupConverter {
    private final List<Converter> children;

    Wrapper(List<Converter> children) {
      this.children = children;
    }

    @Override
    public Converter getConverter(int index) {
      return children.get(index);
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  /** A nested record whose columns the schema may know only some of. */
  private static final class SparseGroup extends GroupConverter {
    private final RecordConverter record;
    private final Converter[] byColumn;

    SparseGroup(GroupType group, RecordConverter record) {
      this.record = record;
      byColumn = new Converter[group.getFieldCount()];
      for (int i = 0; i < record.columns().size(); i++) {
        byColumn[group.getFieldIndex(record.columns().get(i).getName())] = record.getConverter(i);
      }
      for (int i = 0; i < byColumn.length; i++) {
        byColumn[i] = byColumn[i] == null ? IgnoredColumn.of(group.getType(i)) : byColumn[i];
      }
    }

    @Override
    public Converter getConverter(int index) {
      return byColumn[index];
    }

    @Override
    public void start() {
      record.start();
    }

    @Override
    public void end() {
      record.end();
    }
  }

  private static final class ListConverter extends GroupConverter {
    private final Schema schema;
    private final Slot parent;
    private final Converter repeated;
    private GenericData.Array<Object> list;
    private Object element;

    ListConverter(Type repeated, Schema schema, Slot parent) {
      this.schema = schema;
      this.parent = parent;
      Schema item = schema.getElementType();
      if (isThreeLevel(repeated)) {
        Type inner = repeated.asGroupType().getType(0);
        Converter value = of(inner, item, v -> element = v);
        this.repeated = new Element(value);
      } else {
        Type bare = withoutRepetition(repeated);
        this.repeated = of(bare, item, v -> list.add(v));
      }
    }

    private static boolean isThreeLevel(Type repeated) {
      return !repeated.isPrimitive()
          && repeated.asGroupType().getFieldCount() == 1
          && !repeated.getName().equals("array")
          && !repeated.getName().endsWith("_tuple");
    }

    private static Type withoutRepetition(Type repeated) {
      return repeated.isPrimitive()
          ? Types.required(repeated.asPrimitiveType().getPrimitiveTypeName())
              .length(repeated.asPrimitiveType().getTypeLength())
              .as(repeated.getLogicalTypeAnnotation())
              .named(repeated.getName())
          : new GroupType(
              Type.Repetition.REQUIRED, repeated.getName(), repeated.asGroupType().getFields());
    }

    @Override
    public Converter getConverter(int index) {
      return repeated;
    }

    @Override
    public void start() {
      list = new GenericData.Array<>(4, schema);
    }

    @Override
    public void end() {
      parent.put(list);
    }

    /** The middle level: one element, which may be null. */
    private final class Element extends GroupConverter {
      private final Converter value;

      Element(Converter value) {
        this.value = value;
      }

      @Override
      public Converter getConverter(int index) {
        return value;
      }

      @Override
      public void start() {
        element = null;
      }

      @Override
      public void end() {
        list.add(element);
      }
    }
  }

  private static final class MapConverter extends GroupConverter {
    private final Slot parent;
    private final GroupConverter entry;
    private Map<String, Object> map;
    private String key;
    private Object value;

    MapConverter(GroupType entries, Schema schema, Slot parent) {
      this.parent = parent;
      Schema text = Schema.create(Schema.Type.STRING);
      Converter keys = of(entries.getType(0), text, v -> key = (String) v);
      Converter values = of(entries.getType(1), schema.getValueType(), v -> value = v);
      entry =
          new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
              return index == 0 ? keys : values;
            }

            @Override
            public void start() {
              value = null;
            }

            @Override
            public void end() {
              map.put(key, value);
            }
          };
    }

    @Override
    public Converter getConverter(int index) {
      return entry;
    }

    @Override
    public void start() {
      map = new HashMap<>();
    }

    @Override
    public void end() {
      parent.put(map);
    }
  }
}
