package io.plumbline.jobs.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;

/** A log's ends as they are, but for partitions that are said to have one record more. */
final class SteeredEnds implements LogEnds {
  static final AtomicInteger SAMPLES = new AtomicInteger();
  private static final Set<TopicPartition> LONGER = ConcurrentHashMap.newKeySet();

  private final LogEnds ends;

  private SteeredEnds(LogEnds ends) {
    this.ends = ends;
  }

  static LogEnds.Factory factory(String bootstrap) {
    return () -> {
      Properties properties = new Properties();
      properties.put("bootstrap.servers", bootstrap);
      return new SteeredEnds(new KafkaLogEnds(properties));
    };
  }

  static void lengthen(TopicPartition partition) {
    LONGER.add(partition);
  }

  static void letBe(TopicPartition partition) {
    LONGER.remove(partition);
  }

  @Override
  public Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> found = new HashMap<>(ends.of(partitions));
    found.replaceAll((partition, end) -> LONGER.contains(partition) ? end + 1 : end);
    SAMPLES.incrementAndGet();
    return found;
  }

  @Override
  public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return ends.beginnings(partitions);
  }

  @Override
  public long skip(TopicPartition partition, long from, long to) {
    return LONGER.contains(partition) ? from : ends.skip(partition, from, to);
  }

  @Override
  public void wakeUp() {
    ends.wakeUp();
  }

  @Override
  public void close() {
    ends.close();
  }
}
