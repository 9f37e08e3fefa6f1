package io.plumbline.bench.windows;

import io.plumbline.jobs.feature.Update;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Makes the rows of closed windows from updates that tell of changes only: one for each slide, as
 * long as the window is not empty. A window's row is given when the next window closes: until then
 * an update can still correct it.
 */
final class FilledRows extends KeyedProcessFunction<Long, Update, Totals> {
  private static final long serialVersionUID = 1L;

  private final long slideMs;
  private transient MapState<Long, Totals> told;
  private transient ValueState<Totals> last;

  FilledRows(long slideMs) {
    this.slideMs = slideMs;
  }

  @Override
  public void open(OpenContext context) {
    told =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("told", Types.LONG, Types.POJO(Totals.class)));
    last =
        getRuntimeContext().getState(new ValueStateDescriptor<>("last", Types.POJO(Totals.class)));
  }

  @Override
  public void processElement(Update update, Context context, Collector<Totals> out)
      throws Exception {
    long end = update.asOf() - Math.floorMod(update.asOf(), slideMs);
    told.put(end, totals(update, end));
    context.timerService().registerEventTimeTimer(end + slideMs - 1);
  }

  private static Totals totals(Update update, long end) {
    Totals totals = new Totals();
    totals.user = update.key();
    totals.end = end;
    Object[] values = update.values();
    if (values[0] != null && (Long) values[0] > 0) {
      totals.count = (Long) values[0];
      totals.sum = (Double) values[1];
      totals.max = (Double) values[2];
    }
    return totals;
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Totals> out) throws Exception {
    long end = time + 1 - slideMs;
    Totals row = row(end);
    if (row == null || row.count == 0) {
      last.clear();
      return;
    }
    last.update(row);
    out.collect(row);
    context.timerService().registerEventTimeTimer(time + slideMs);
  }

  private Totals row(long end) throws IOException, Exception {
    Totals row = told.get(end);
    if (row != null) {
      told.remove(end);
      return row;
    }
    Totals before = last.value();
    return before == null ? null : before.at(before.user, end);
  }
}
