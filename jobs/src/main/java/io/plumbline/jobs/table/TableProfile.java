package io.plumbline.jobs.table;

import io.plumbline.jobs.observations.ObservationColumn;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What rows of a training table look like: how many, their hash, a profile of each column. Equal to
 * the bit whatever the rows' order and however parts were merged. Used by one thread.
 */
public final class TableProfile {
  private final TableSchema schema;
  private final int observed;
  private final List<ColumnProfiler> columns = new ArrayList<>();
  private RowHash hash = new RowHash();
  private long rows;

  public TableProfile(TableSchema schema) {
    this.schema = schema;
    for (ObservationColumn column : schema.observations().columns()) {
      columns.add(ColumnProfiler.of(column.type()));
    }
    observed = columns.size();
    for (FeatureColumn feature : schema.features()) {
      columns.add(ColumnProfiler.of(feature.type()));
    }
  }

  /** Adds a row, as it is written to the table. */
  public void add(byte[] observation, FinishedRow features) {
    rows++;
    hash.add(observation, features.values());
    Object[] values = schema.observations().values(observation);
    for (int i = 0; i < observed; i++) {
      columns.get(i).add(values[i], false);
    }
    for (int i = observed; i < columns.size(); i++) {
      columns.get(i).add(features.values()[i - observed], features.defaulted()[i - observed]);
    }
  }

  /** Adds the rows of {@code other}, a profile of the same table; it is not changed. */
  public void merge(TableProfile other) {
    rows += other.rows;
    hash.merge(other.hash);
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).merge(other.columns.get(i));
    }
  }

  /** Writes the canonical form: equal profiles give equal bytes. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(rows);
    hash.write(out);
    for (ColumnProfiler column : columns) {
      column.write(out);
    }
  }

  /** Reads what {@link #write} wrote of a table with the same schema. */
  public static TableProfile read(TableSchema schema, DataInput in) throws IOException {
    TableProfile profile = new TableProfile(schema);
    profile.rows = in.readLong();
    profile.hash = RowHash.read(in);
    for (ColumnProfiler column : profile.columns) {
      column.read(in);
    }
    return profile;
  }

  public long rows() {
    return rows;
  }

  /** As {@link RowHash#toHex}. */
  public String contentHash() {
    return hash.toHex();
  }

  /** By the columns' names, in the table's order. */
  public Map<String, ColumnProfile> columns() {
    Map<String, ColumnProfile> profiles = new LinkedHashMap<>();
    List<String> names = schema.names();
    for (int i = 0; i < columns.size(); i++) {
      profiles.put(names.get(i), columns.get(i).profile());
    }
    return profiles;
  }
}
