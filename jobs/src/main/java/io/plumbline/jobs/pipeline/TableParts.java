package io.plumbline.jobs.pipeline;

import io.plumbline.jobs.table.FinishedRow;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.jobs.table.TablePartWriter;
import io.plumbline.jobs.table.TableSchema;
import io.plumbline.jobs.table.TrainingRow;
import java.io.IOException;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;

/** Writes part files of a training table for Flink's file sink. */
public final class TableParts implements BulkWriter.Factory<TrainingRow> {
  private static final long serialVersionUID = 1L;
  private static final boolean[] NOT_SAID = {};

  private final TableSchema schema;
  private final TableFormat format;

  public TableParts(TableSchema schema, TableFormat format) {
    this.schema = schema;
    this.format = format;
  }

  @Override
  public BulkWriter<TrainingRow> create(FSDataOutputStream out) throws IOException {
    TablePartWriter writer = TablePartWriter.create(format, schema, out);
    return new BulkWriter<>() {
      @Override
      public void addElement(TrainingRow row) throws IOException {
        writer.write(row.observation(), new FinishedRow(row.values(), NOT_SAID));
      }

      @Override
      public void flush() throws IOException {
        writer.flush();
      }

      @Override
      public void finish() throws IOException {
        writer.finish();
      }
    };
  }
}
