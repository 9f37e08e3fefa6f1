package io.plumbline.bench.windows;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** The gauges of the job in this JVM, read when they are wanted. */
public final class Gauges implements MetricReporter {
  private static final Map<Gauge<?>, String> ALL = new ConcurrentHashMap<>();

  /** Found by Flink under {@code META-INF/services}. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new Gauges();
    }
  }

  /** Forgets those of an earlier job. */
  static void clear() {
    ALL.clear();
  }

  /** Of the gauges of this name in all subtasks. */
  static long sum(String name) {
    return ALL.entrySet().stream()
        .filter(gauge -> gauge.getValue().equals(name))
        .mapToLong(gauge -> ((Number) gauge.getKey().getValue()).longValue())
        .sum();
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    if (metric instanceof Gauge<?> gauge) {
      ALL.put(gauge, name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
