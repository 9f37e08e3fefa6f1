package io.plumbline.jobs.observations;

import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/** A group of Parquet fields, and how its values come out of a payload. */
final class ParquetGroup {
  private enum Shape {
    STRUCT,
    /** One repeated field: its values. */
    LIST,
    /** One repeated group of one field: that field's values. */
    WRAPPED_LIST,
    /** One repeated group of a string and a value. */
    MAP
  }

  private final GroupType type;
  private final Shape shape;
  private final ParquetLeaf[] leaves;
  private final ParquetGroup[] groups;
  private final byte[][] names;

  ParquetGroup(GroupType type) {
    this.type = type;
    int count = type.getFieldCount();
    leaves = new ParquetLeaf[count];
    groups = new ParquetGroup[count];
    names = new byte[count][];
    for (int i = 0; i < count; i++) {
      Type field = type.getType(i);
      names[i] = JsonBuffer.quoted(field.getName());
      if (field.isPrimitive()) {
        leaves[i] = new ParquetLeaf(field.asPrimitiveType());
      } else {
        groups[i] = new ParquetGroup(field.asGroupType());
      }
    }
    shape = shape();
  }

  private Shape shape() {
    boolean single = type.getFieldCount() == 1 && type.getType(0).isRepetition(Repetition.REPEATED);
    if (single && type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation) {
      return wrapsElements() ? Shape.WRAPPED_LIST : Shape.LIST;
    }
    if (single
        && type.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
        && groups[0] != null
        && groups[0].leaves.length == 2
        && groups[0].leaves[0] != null
        && groups[0].leaves[0].columnType() == ColumnType.STRING) {
      return Shape.MAP;
    }
    return Shape.STRUCT;
  }

  // The rules of the Parquet format (LogicalTypes.md, "Backward-compatibility rules" of lists).
  private boolean wrapsElements() {
    Type repeated = type.getType(0);
    return groups[0] != null
        && groups[0].type.getFieldCount() == 1
        && !groups[0].type.getType(0).isRepetition(Repetition.REPEATED)
        && !repeated.getName().equals("array")
        && !repeated.getName().equals(type.getName() + "_tuple");
  }

  ColumnType columnType(int field) {
    return leaf(field) == null ? ColumnType.OTHER : leaf(field).columnType();
  }

  /** What is known of a single primitive value; null for groups and repeated fields. */
  ParquetLeaf leaf(int field) {
    return type.getType(field).isRepetition(Repetition.REPEATED) ? null : leaves[field];
  }

  Object[] values(PayloadReader in) {
    Object[] values = new Object[leaves.length];
    for (int next = in.getSize(); next != 0; next = in.getSize()) {
      ParquetLeaf leaf = leaf(next - 1);
      if (leaf != null) {
        values[next - 1] = leaf.value(in);
      } else {
        skipValue(next - 1, in);
        values[next - 1] = Cells.OTHER;
      }
    }
    return values;
  }

  private void skipValue(int field, PayloadReader in) {
    if (leaves[field] != null) {
      leaves[field].skip(in);
      return;
    }
    for (int next = in.getSize(); next != 0; next = in.getSize()) {
      groups[field].skipValue(next - 1, in);
    }
  }

  void writeParquet(PayloadReader in, RecordConsumer out) {
    int open = 0;
    for (int next = in.getSize(); next != 0; next = in.getSize()) {
      if (next != open) {
        endField(open, out);
        out.startField(type.getFieldName(next - 1), next - 1);
        open = next;
      }
      if (leaves[next - 1] != null) {
        leaves[next - 1].writeParquet(in, out);
      } else {
        out.startGroup();
        groups[next - 1].writeParquet(in, out);
        out.endGroup();
      }
    }
    endField(open, out);
  }

  private void endField(int open, RecordConsumer out) {
    if (open != 0) {
      out.endField(type.getFieldName(open - 1), open - 1);
    }
  }

  /**
   * Writes the value or values of a field.
   *
   * @param next what stands before the payload's next value: its field + 1, or 0 at the end
   * @return what stands before the value after the field
   */
  int writeJsonField(int field, int next, PayloadReader in, JsonBuffer out) {
    int after = next;
    if (type.getType(field).isRepetition(Repetition.REPEATED)) {
      out.ascii('[');
      String separator = "";
      while (after == field + 1) {
        out.ascii(separator);
        separator = ",";
        writeJsonValue(field, in, out);
        after = in.getSize();
      }
      out.ascii(']');
    } else if (after == field + 1) {
      writeJsonValue(field, in, out);
      after = in.getSize();
    } else {
      out.nil();
    }
    return after;
  }

  private void writeJsonValue(int field, PayloadReader in, JsonBuffer out) {
    if (leaves[field] != null) {
      leaves[field].writeJson(in, out);
    } else {
      groups[field].writeJson(in, out);
    }
  }

  private void writeJson(PayloadReader in, JsonBuffer out) {
    switch (shape) {
      case STRUCT -> writeStruct(in, out);
      case LIST -> writeJsonField(0, in.getSize(), in, out);
      case WRAPPED_LIST -> writeWrappedList(in, out);
      case MAP -> writeMap(in, out);
    }
  }

  private void writeStruct(PayloadReader in, JsonBuffer out) {
    out.ascii('{');
    int next = in.getSize();
    for (int i = 0; i < leaves.length; i++) {
      if (i > 0) {
        out.ascii(',');
      }
      out.raw(names[i], 0, names[i].length);
      out.ascii(':');
      next = writeJsonField(i, next, in, out);
    }
    out.ascii('}');
  }

  private void writeWrappedList(PayloadReader in, JsonBuffer out) {
    out.ascii('[');
    String separator = "";
    while (in.getSize() != 0) {
      out.ascii(separator);
      groups[0].writeJsonField(0, in.getSize(), in, out);
      separator = ",";
    }
    out.ascii(']');
  }

  private void writeMap(PayloadReader in, JsonBuffer out) {
    out.ascii('{');
    String separator = "";
    while (in.getSize() != 0) {
      out.ascii(separator);
      int next = groups[0].writeJsonField(0, in.getSize(), in, out);
      out.ascii(':');
      groups[0].writeJsonField(1, next, in, out);
      separator = ",";
    }
    out.ascii('}');
  }
}
