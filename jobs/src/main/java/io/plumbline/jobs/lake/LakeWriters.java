package io.plumbline.jobs.lake;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

/**
 * Opens writers of the lake's Parquet: SNAPPY, row groups small enough to be read in parallel, and
 * lists in three levels, as DuckDB, Spark and pandas expect them.
 */
public final class LakeWriters {
  /** Uncompressed bytes of a row group. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private static final String ORDER_KEY = "plumbline.order";
  private static final String PARTS_KEY = "plumbline.parts";
  private static final String BY_INGESTION =
      String.join(",", LakeSchema.INGESTED_AT, LakeSchema.PARTITION, LakeSchema.OFFSET);

  /** In which order a file's rows are. */
  public enum RowOrder {
    /** By ingestion time, partition, offset. */
    BY_INGESTION,
    /** As they came. */
    NONE;

    /** What a file says about itself. */
    static RowOrder of(Map<String, String> metadata) {
      return LakeWriters.BY_INGESTION.equals(metadata.get(ORDER_KEY)) ? BY_INGESTION : NONE;
    }
  }

  private LakeWriters() {}

  /** Names of the hidden files that a file says it was made of. */
  static Set<String> parts(Map<String, String> metadata) {
    String parts = metadata.getOrDefault(PARTS_KEY, "");
    return parts.isEmpty() ? Set.of() : Set.of(parts.split(","));
  }

  /**
   * A writer of one file.
   *
   * @param schema {@link LakeSchema#of} the source's, or {@link LakeSchema#MALFORMED}
   * @param order in which the caller will write; the file says so to its readers
   */
  public static ParquetWriter<IndexedRecord> open(OutputFile file, Schema schema, RowOrder order)
      throws IOException {
    return open(file, schema, order, List.of());
  }

  /**
   * A writer of one file that says what it was made of.
   *
   * @param parts names of the hidden files whose rows it holds; see {@link HeldPositions#hasPart}
   */
  public static ParquetWriter<IndexedRecord> open(
      OutputFile file, Schema schema, RowOrder order, List<String> parts) throws IOException {
    Map<String, String> metadata = new HashMap<>();
    if (order == RowOrder.BY_INGESTION) {
      metadata.put(ORDER_KEY, BY_INGESTION);
    }
    if (!parts.isEmpty()) {
      metadata.put(PARTS_KEY, String.join(",", parts));
    }
    ParquetConfiguration conf = new PlainParquetConfiguration();
    conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    return AvroParquetWriter.<IndexedRecord>builder(file)
        .withSchema(schema)
        .withDataModel(GenericData.get())
        .withConf(conf)
        .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
        .withCompressionCodec(CompressionCodecName.SNAPPY)
        .withRowGroupSize(ROW_GROUP_BYTES)
        .withExtraMetaData(metadata)
        .build();
  }
}
