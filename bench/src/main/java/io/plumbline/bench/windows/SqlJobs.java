package io.plumbline.bench.windows;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * The same in Flink SQL. Rows are SQL's own on the way in and out, so that nothing is converted.
 */
final class SqlJobs {
  private SqlJobs() {}

  /** An answer for each event. */
  static void over(StreamExecutionEnvironment env, Trial trial) {
    String statement =
        """
        SELECT user_id, ts, COUNT(*) OVER w, SUM(amount) OVER w, MAX(amount) OVER w
        FROM purchases
        WINDOW w AS (PARTITION BY user_id ORDER BY ts
          RANGE BETWEEN %s PRECEDING AND CURRENT ROW)
        """
            .formatted(interval(trial.size()));
    RowCount.end(rows(env, trial, statement), row -> text(row, 1));
  }

  /** A row for each window that is not empty. */
  static void hop(StreamExecutionEnvironment env, Trial trial) {
    String statement =
        """
        SELECT user_id, window_start, window_end, COUNT(*), SUM(amount), MAX(amount)
        FROM TABLE(HOP(TABLE purchases, DESCRIPTOR(ts), %s, %s))
        GROUP BY user_id, window_start, window_end
        """
            .formatted(interval(trial.slide()), interval(trial.size()));
    RowCount.end(rows(env, trial, statement), row -> text(row, 2));
  }

  private static String interval(Duration length) {
    boolean whole = length.toMinutesPart() == 0;
    return whole
        ? "INTERVAL '" + length.toHours() + "' HOUR"
        : "INTERVAL '" + length.toMinutes() + "' MINUTE";
  }

  private static String text(RowData row, int time) {
    return Totals.text(
        row.getString(0).toString(),
        row.getTimestamp(time, 3).getMillisecond(),
        row.getLong(time + 1),
        row.getDouble(time + 2),
        row.getDouble(time + 3));
  }

  private static DataStream<RowData> rows(
      StreamExecutionEnvironment env, Trial trial, String statement) {
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    tables.getConfig().set("table.local-time-zone", "UTC");
    DataStream<RowData> purchases =
        env.fromSource(
                new PurchaseSource(trial.stream(), PurchaseSource.Clock.EVENT),
                WatermarkStrategy.noWatermarks(),
                "purchases")
            .uid("purchases")
            .setParallelism(trial.readers())
            .map(new ToRow())
            .returns(
                InternalTypeInfo.ofFields(
                    new LogicalType[] {VarCharType.STRING_TYPE, new DoubleType()},
                    new String[] {"user_id", "amount"}));
    Schema schema =
        Schema.newBuilder()
            .columnByMetadata("ts", DataTypes.TIMESTAMP_LTZ(3), "rowtime", true)
            .watermark("ts", "SOURCE_WATERMARK()")
            .build();
    tables.createTemporaryView("purchases", purchases, schema);
    Table result = tables.sqlQuery(statement);
    return tables.toDataStream(
        result, result.getResolvedSchema().toSinkRowDataType().bridgedTo(RowData.class));
  }

  private static final class ToRow implements MapFunction<Purchase, RowData> {
    private static final long serialVersionUID = 1L;

    @Override
    public RowData map(Purchase purchase) {
      return GenericRowData.of(StringData.fromString(purchase.user), purchase.amount);
    }
  }
}
