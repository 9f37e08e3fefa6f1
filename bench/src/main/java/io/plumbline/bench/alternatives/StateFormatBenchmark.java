package io.plumbline.bench.alternatives;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One key's state is written, and read. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StateFormatBenchmark {
  @Param public StateOfKey.Format format;

  private StateOfKey<?> state;

  /** Makes the state. */
  @Setup
  public void prepare() throws IOException {
    state = StateOfKey.in(format);
  }

  /** Writes it. */
  @Benchmark
  public int write() throws IOException {
    return state.write();
  }

  /** Reads it. */
  @Benchmark
  public Object read() throws IOException {
    return state.read();
  }
}
