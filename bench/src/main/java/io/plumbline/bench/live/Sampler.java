package io.plumbline.bench.live;

import io.plumbline.jobs.pipeline.LogRecords;
import io.plumbline.jobs.redis.WriterMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Takes the live job's own metrics where they arise. Flink's REST API would show counters up to ten
 * seconds old, and of a histogram the quantiles of its last values only, which cannot be put
 * together over time and tasks. Here every value of a freshness histogram is taken once: the ring
 * of its last values is read four times a second, as far as it went on.
 */
public final class Sampler implements MetricReporter {
  /** Records that the job has read. */
  static final String RECORDS = "records";

  /** Updates and writes of all entities that wait to be written. */
  static final String BUFFERED = "buffered";

  /** Values of the histogram that were gone before they were read. */
  static final String MISSED = "missed";

  /** Updates of an entity follow this. */
  static final String UPDATES = "updates@";

  /** Writes of an entity follow this. */
  static final String WRITES = "writes@";

  private static final String WRITER = "features of ";
  private static final List<Sampler> ALL = new CopyOnWriteArrayList<>();

  private record Source(String name, LongSupplier value) {}

  private final List<Source> sources = new CopyOnWriteArrayList<>();
  private final List<Ring> rings = new CopyOnWriteArrayList<>();

  /** Found by Flink under {@code META-INF/services}. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      Sampler sampler = new Sampler();
      ALL.add(sampler);
      return sampler;
    }
  }

  /** The sampler of the job in this process. */
  static Sampler get() {
    if (ALL.size() != 1) {
      throw new IllegalStateException("Flink has made " + ALL.size() + " samplers, not one");
    }
    return ALL.get(0);
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    Map<String, String> variables = group.getAllVariables();
    String operator = variables.getOrDefault("<operator_name>", "");
    if (metric instanceof Counter counter
        && name.equals(LogRecords.RECORDS)
        && variables.containsKey("<source>")) {
      sources.add(new Source(RECORDS, counter::getCount));
    } else if (operator.startsWith(WRITER)) {
      addWriter(metric, name, operator.substring(WRITER.length()).split(" ", 0)[0]);
    }
  }

  private void addWriter(Metric metric, String name, String entity) {
    switch (name) {
      case WriterMetrics.UPDATES -> sources.add(counter(UPDATES + entity, metric));
      case WriterMetrics.WRITES -> sources.add(counter(WRITES + entity, metric));
      case WriterMetrics.BUFFERED ->
          sources.add(
              new Source(BUFFERED, () -> ((Number) ((Gauge<?>) metric).getValue()).longValue()));
      case WriterMetrics.FRESHNESS_MS -> rings.add(new Ring((Histogram) metric));
      default -> {
        return;
      }
    }
  }

  private static Source counter(String name, Metric metric) {
    return new Source(name, ((Counter) metric)::getCount);
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}

  /** One line of counters so far, and of the latencies since the last call; not thread-safe. */
  String sample() {
    Map<String, Long> counts = new TreeMap<>();
    for (Source source : sources) {
      counts.merge(source.name, source.value.getAsLong(), Long::sum);
    }
    Latencies latencies = new Latencies();
    long missed = 0;
    for (Ring ring : rings) {
      ring.take(latencies);
      missed += ring.missed;
    }
    counts.put(MISSED, missed);
    List<String> words = new ArrayList<>();
    counts.forEach((name, count) -> words.add(name + "=" + count));
    return String.join(" ", words) + " freshness=" + latencies.text();
  }

  /** A histogram of the last values, which it keeps in a ring. */
  private static final class Ring {
    private final Histogram histogram;
    private long taken;
    private long missed;

    private Ring(Histogram histogram) {
      this.histogram = histogram;
    }

    private void take(Latencies into) {
      long seen = histogram.getCount();
      long[] values = histogram.getStatistics().getValues();
      if (seen - taken > values.length) {
        missed += seen - taken - values.length;
        taken = seen - values.length;
      }
      for (; taken < seen; taken++) {
        into.add(values[(int) (taken % values.length)]);
      }
    }
  }
}
