package io.plumbline.bench.windows;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** The gauges and counters of the job in this JVM, read when they are wanted. */
public final class JobMetrics implements MetricReporter {
  private static final Map<Metric, String> ALL = new ConcurrentHashMap<>();

  /** Found by Flink under {@code META-INF/services}. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new JobMetrics();
    }
  }

  /** Forgets those of an earlier job. */
  static void clear() {
    ALL.clear();
  }

  /** Of the gauges and counters of this name in all subtasks. */
  static long sum(String name) {
    return ALL.entrySet().stream()
        .filter(metric -> metric.getValue().equals(name))
        .mapToLong(metric -> value(metric.getKey()))
        .sum();
  }

  private static long value(Metric metric) {
    return metric instanceof Counter counter
        ? counter.getCount()
        : ((Number) ((Gauge<?>) metric).getValue()).longValue();
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Gauge<?> || metric instanceof Counter) {
      ALL.put(metric, name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
