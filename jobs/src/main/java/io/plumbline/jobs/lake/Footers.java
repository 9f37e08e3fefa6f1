package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

/** Opens the lake's files, and says what is wrong with one that cannot be read. */
final class Footers {
  /** The last one asked for: a run checks many files of one source. */
  private static volatile Expected last;

  private Footers() {}

  /** What files of a source have. */
  private record Expected(Schema source, Schema schema, MessageType columns) {}

  /**
   * @throws UserError if the file is not complete Parquet
   */
  static RowGroups openRows(Path path, int first, int count) {
    try {
      return RowGroups.open(path, first, count);
    } catch (NoSuchFileException e) {
      throw UserError.invalid(
          path + ": has gone since the lake was listed; restore it or run again", e);
    } catch (IOException | RuntimeException e) {
      throw damaged(path, e);
    }
  }

  static UserError damaged(Path path, Exception cause) {
    return UserError.invalid(
        path + ": is not complete Parquet (half-written?); remove it or restore it", cause);
  }

  /**
   * Checks that a file's columns are the schema's. A field that may be missing may lack its column,
   * other columns do not matter, and a column without nulls fits a field that may be null.
   *
   * @throws UserError if they are not
   */
  static void check(Path path, MessageType file, Schema source) {
    Expected expected = expected(source);
    for (Schema.Field field : expected.schema.getFields()) {
      Type wanted = expected.columns.getType(field.name());
      if (file.containsField(field.name())) {
        Type found = file.getType(field.name());
        if (!fits(found, wanted)) {
          throw mismatch(
              path,
              "column " + field.name() + " is of another type than the source's schema says",
              file,
              source);
        }
      } else if (!field.hasDefaultValue() && !field.schema().isNullable()) {
        throw mismatch(
            path,
            "column "
                + field.name()
                + " is missing, and cannot be filled: it has neither null nor a default",
            file,
            source);
      }
    }
  }

  private static boolean fits(Type found, Type wanted) {
    boolean nullsFit =
        found.getRepetition() == wanted.getRepetition()
            || found.isRepetition(Type.Repetition.REQUIRED)
                && wanted.isRepetition(Type.Repetition.OPTIONAL);
    if (!nullsFit
        || found.isPrimitive() != wanted.isPrimitive()
        || !Objects.equals(found.getLogicalTypeAnnotation(), wanted.getLogicalTypeAnnotation())) {
      return false;
    }
    return found.isPrimitive()
        ? primitivesFit(found.asPrimitiveType(), wanted.asPrimitiveType())
        : groupsFit(found.asGroupType(), wanted.asGroupType());
  }

  private static boolean primitivesFit(PrimitiveType found, PrimitiveType wanted) {
    return found.getPrimitiveTypeName() == wanted.getPrimitiveTypeName()
        && found.getTypeLength() == wanted.getTypeLength();
  }

  private static boolean groupsFit(GroupType found, GroupType wanted) {
    for (Type child : wanted.getFields()) {
      boolean there = found.containsField(child.getName());
      if (there
          ? !fits(found.getType(child.getName()), child)
          : !child.isRepetition(Type.Repetition.OPTIONAL)) {
        return false;
      }
    }
    return true;
  }

  private static Expected expected(Schema source) {
    Expected known = last;
    if (known == null || known.source != source) {
      Schema schema = LakeSchema.of(source);
      known = new Expected(source, schema, parquetOf(schema));
      last = known;
    }
    return known;
  }

  private static MessageType parquetOf(Schema schema) {
    ParquetConfiguration conf = new PlainParquetConfiguration();
    conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    return new AvroSchemaConverter(conf).convert(schema);
  }

  private static UserError mismatch(Path path, String what, MessageType file, Schema source) {
    return UserError.invalid(
        path
            + ": "
            + what
            + ".\nThe file has\n"
            + file
            + "the schema is\n"
            + source.toString(true)
            + "\nChange the schema back, or give a new field null or a default, or import the history again under another source's name");
  }
}
