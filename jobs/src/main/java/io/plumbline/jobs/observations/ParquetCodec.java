package io.plumbline.jobs.observations;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Observations out of Parquet, whatever their schema. A payload is the row's tree of values: for
 * each value that is there its field's index + 1 and the value, after a group's last value 0.
 */
public final class ParquetCodec implements ObservationCodec {
  private static final long serialVersionUID = 1L;

  private transient MessageType schema;
  private transient ParquetGroup root;
  private transient List<ObservationColumn> columns;
  private transient byte[][] names;

  ParquetCodec(MessageType schema) {
    init(schema);
  }

  private void init(MessageType newSchema) {
    schema = newSchema;
    root = new ParquetGroup(schema);
    columns = new ArrayList<>();
    names = new byte[schema.getFieldCount()][];
    for (int i = 0; i < names.length; i++) {
      String name = schema.getFieldName(i);
      columns.add(new ObservationColumn(name, root.columnType(i)));
      names[i] = JsonBuffer.quoted(name);
    }
    columns = List.copyOf(columns);
  }

  MessageType schema() {
    return schema;
  }

  @Override
  public List<ObservationColumn> columns() {
    return columns;
  }

  @Override
  public Object[] values(byte[] payload) {
    return root.values(new PayloadReader(payload));
  }

  @Override
  public void writeJson(byte[] payload, JsonBuffer out) {
    PayloadReader in = new PayloadReader(payload);
    int next = in.getSize();
    for (int i = 0; i < names.length; i++) {
      out.field(names[i]);
      next = root.writeJsonField(i, next, in, out);
    }
  }

  @Override
  public List<Type> parquetFields() {
    return schema.getFields();
  }

  @Override
  public void writeParquet(byte[] payload, RecordConsumer out) {
    root.writeParquet(new PayloadReader(payload), out);
  }

  // Thrift, as in a file's footer: the schema's text form cannot hold every column name.
  private void writeObject(ObjectOutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ParquetMetadata metadata =
        new ParquetMetadata(new FileMetaData(schema, Map.of(), "plumbline"), List.of());
    Util.writeFileMetaData(new ParquetMetadataConverter().toParquetMetadata(1, metadata), bytes);
    out.writeInt(bytes.size());
    bytes.writeTo(out);
  }

  private void readObject(ObjectInputStream in) throws IOException {
    ByteArrayInputStream bytes = new ByteArrayInputStream(in.readNBytes(in.readInt()));
    init(
        new ParquetMetadataConverter()
            .readParquetMetadata(bytes, ParquetMetadataConverter.NO_FILTER)
            .getFileMetaData()
            .getSchema());
  }
}
