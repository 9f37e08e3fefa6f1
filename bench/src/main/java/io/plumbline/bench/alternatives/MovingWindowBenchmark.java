package io.plumbline.bench.alternatives;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An event is added to a window over tiles, and the window is read. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MovingWindowBenchmark {
  @Param public MovingWindow.Way way;
  @Param public MovingWindowRun.Span span;
  @Param public MovingWindowRun.Of of;
  @Param public MovingWindowRun.Order order;

  private MovingWindowRun run;

  /** Fills the window. */
  @Setup
  public void prepare() {
    run = new MovingWindowRun(way, span, of, order);
    for (long n = MovingWindowRun.warmUp(span); n > 0; n--) {
      run.event();
    }
    run.values();
  }

  /** One event. */
  @Benchmark
  public Object[] event() {
    run.event();
    return run.values();
  }
}
