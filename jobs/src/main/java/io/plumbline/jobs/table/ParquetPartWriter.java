package io.plumbline.jobs.table;

import io.plumbline.definition.ValueType;
import io.plumbline.jobs.observations.ObservationColumn;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Parquet with ZSTD: feature columns are nullable, lists have the format's three levels. */
final class ParquetPartWriter implements TablePartWriter {
  private static final long ROW_GROUP_BYTES = 64L << 20;
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private record Row(byte[] observation, Object[] features) {}

  private final ParquetWriter<Row> writer;

  ParquetPartWriter(TableSchema schema, OutputStream out) throws IOException {
    PlainParquetConfiguration conf = new PlainParquetConfiguration();
    conf.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, 1);
    Builder builder =
        new Builder(new StreamOutputFile(out), schema)
            .withConf(conf)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES);
    for (String column : seldomRepeating(schema)) {
      builder.withDictionaryEncoding(column, false);
    }
    writer = builder.build();
  }

  /** Columns for which a dictionary would be built only to be thrown away. */
  private static List<String> seldomRepeating(TableSchema schema) {
    List<String> columns = new ArrayList<>();
    for (ObservationColumn column : schema.observations().columns()) {
      switch (column.type()) {
        case LONG, DOUBLE, TIMESTAMP -> columns.add(column.name());
        case BOOLEAN, STRING, OTHER -> {
          // These do repeat, or hide columns of their own.
        }
      }
    }
    for (FeatureColumn feature : schema.features()) {
      if (feature.type().equals(ValueType.DOUBLE)) {
        columns.add(feature.name());
      }
    }
    return columns;
  }

  @Override
  public void write(byte[] observation, FinishedRow features) throws IOException {
    writer.write(new Row(observation, features.values()));
  }

  @Override
  public void flush() {}

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
    private final TableSchema schema;

    Builder(OutputFile file, TableSchema schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(Configuration conf) {
      return new RowSupport(schema);
    }

    @Override
    protected WriteSupport<Row> getWriteSupport(ParquetConfiguration conf) {
      return new RowSupport(schema);
    }
  }

  private static final class RowSupport extends WriteSupport<Row> {
    private final TableSchema schema;
    private final String[] names;
    private final int firstFeature;
    private RecordConsumer out;

    RowSupport(TableSchema schema) {
      this.schema = schema;
      names = schema.features().stream().map(FeatureColumn::name).toArray(String[]::new);
      firstFeature = schema.observations().columns().size();
    }

    @Override
    public WriteContext init(Configuration conf) {
      return context();
    }

    @Override
    public WriteContext init(ParquetConfiguration conf) {
      return context();
    }

    private WriteContext context() {
      List<Type> fields = new ArrayList<>(schema.observations().parquetFields());
      schema.features().forEach(feature -> fields.add(field(feature)));
      return new WriteContext(new MessageType("training_row", fields), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
    }

    @Override
    public void write(Row row) {
      out.startMessage();
      schema.observations().writeParquet(row.observation(), out);
      for (int i = 0; i < names.length; i++) {
        Object value = row.features()[i];
        if (value != null) {
          out.startField(names[i], firstFeature + i);
          add(value);
          out.endField(names[i], firstFeature + i);
        }
      }
      out.endMessage();
    }

    private void add(Object value) {
      if (value instanceof Double number) {
        out.addDouble(number);
      } else if (value instanceof Long number) {
        out.addLong(number);
      } else if (value instanceof Boolean bool) {
        out.addBoolean(bool);
      } else if (value instanceof List<?> list) {
        writeList(list);
      } else {
        out.addBinary(Binary.fromString((String) value));
      }
    }

    private void writeList(List<?> list) {
      out.startGroup();
      if (!list.isEmpty()) {
        out.startField(LIST, 0);
        for (Object element : list) {
          out.startGroup();
          out.startField(ELEMENT, 0);
          add(element);
          out.endField(ELEMENT, 0);
          out.endGroup();
        }
        out.endField(LIST, 0);
      }
      out.endGroup();
    }
  }

  private static Type field(FeatureColumn feature) {
    ValueType.Scalar scalar = feature.type().scalar();
    return feature.type().list()
        ? Types.optionalList()
            .element(scalar(scalar, Repetition.REQUIRED, ELEMENT))
            .named(feature.name())
        : scalar(scalar, Repetition.OPTIONAL, feature.name());
  }

  private static Type scalar(ValueType.Scalar scalar, Repetition repetition, String name) {
    return switch (scalar) {
      case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
      case LONG -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(name);
      case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
      case STRING ->
          Types.primitive(PrimitiveTypeName.BINARY, repetition)
              .as(LogicalTypeAnnotation.stringType())
              .named(name);
    };
  }
}
