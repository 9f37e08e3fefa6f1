package io.plumbline.jobs.kafka;

import io.plumbline.UserError;
import io.plumbline.definition.Names;
import io.plumbline.definition.Source;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of a cluster, looked at before a job starts. Whatever is wrong is a {@link UserError}
 * that names the cluster, the topic and the fix; no call waits longer than the patience given.
 */
public final class Topics implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String APPEND_TIME = "LogAppendTime";

  private static final Comparator<TopicPartition> BY_NUMBER =
      Comparator.comparingInt(TopicPartition::partition);

  private final String bootstrap;
  private final KafkaProblems problems;
  private final Admin admin;

  private Topics(String bootstrap, KafkaProblems problems, Admin admin) {
    this.bootstrap = bootstrap;
    this.problems = problems;
    this.admin = admin;
  }

  /** Connects, waiting no longer than 10 s. */
  public static Topics connect(KafkaSettings settings) {
    return connect(settings, PATIENCE);
  }

  /**
   * Connects.
   *
   * @throws UserError if no broker answers, or it lets these settings not in
   */
  public static Topics connect(KafkaSettings settings, Duration patience) {
    KafkaProblems problems = new KafkaProblems(settings.bootstrap(), patience);
    Topics topics = new Topics(settings.bootstrap(), problems, admin(settings, problems));
    try {
      problems.await(topics.admin.describeCluster().clusterId(), "answer");
      return topics;
    } catch (RuntimeException e) {
      topics.close();
      throw e;
    }
  }

  /**
   * Checks a source's topic: it is there, and where the source trusts the log's clock, it is the
   * broker that sets its timestamps.
   *
   * @return how many partitions it has
   */
  public int check(Source source) {
    int partitions = partitions(source.topic());
    if (source.ingestedAt() instanceof Source.IngestedAt.Log) {
      String type = timestampType(source.topic());
      if (!APPEND_TIME.equals(type)) {
        throw UserError.invalid(
            "topic "
                + source.topic()
                + " on "
                + bootstrap
                + " has message.timestamp.type="
                + type
                + ", so producers set its times, but source "
                + source.name()
                + " says 'ingested_at: log'; set message.timestamp.type="
                + APPEND_TIME
                + " on the topic, or write 'ingested_at: record' or a field's name");
      }
    }
    return partitions;
  }

  /**
   * How many partitions a topic has.
   *
   * @throws UserError if there is no such topic
   */
  public int partitions(String topic) {
    return await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic), topic)
        .partitions()
        .size();
  }

  /** Offset of the first record that each partition still has. */
  public Map<Integer, Long> beginningOffsets(String topic) {
    return offsets(topic, OffsetSpec.earliest());
  }

  /** Offset after the last record of each partition. */
  public Map<Integer, Long> endOffsets(String topic) {
    return offsets(topic, OffsetSpec.latest());
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private static Admin admin(KafkaSettings settings, KafkaProblems problems) {
    String millis = Long.toString(problems.patience().toMillis());
    try {
      return Admin.create(
          settings.client(Map.of("default.api.timeout.ms", millis, "request.timeout.ms", millis)));
    } catch (KafkaException e) {
      throw problems.misconfigured(e);
    }
  }

  private String timestampType(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config = await(admin.describeConfigs(Set.of(resource)).values().get(resource), topic);
    return config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).value();
  }

  private Map<Integer, Long> offsets(String topic, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new TreeMap<>(BY_NUMBER);
    for (int partition = partitions(topic) - 1; partition >= 0; partition--) {
      asked.put(new TopicPartition(topic, partition), which);
    }
    Map<TopicPartition, ListOffsetsResultInfo> found = await(admin.listOffsets(asked).all(), topic);
    Map<Integer, Long> offsets = new TreeMap<>();
    found.forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
    return offsets;
  }

  /** Waits for what a topic is asked for. */
  private <T> T await(KafkaFuture<T> future, String topic) {
    try {
      return problems.await(
          future.toCompletionStage().toCompletableFuture(), "describe topic " + topic);
    } catch (UserError e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException
          || e.getCause() instanceof InvalidTopicException) {
        throw missing(topic);
      }
      throw e;
    }
  }

  private UserError missing(String topic) {
    Set<String> names =
        new TreeSet<>(problems.await(admin.listTopics().names(), "list its topics"));
    return UserError.invalid(
        "there is no topic "
            + topic
            + " on Kafka at "
            + bootstrap
            + "; "
            + (names.isEmpty() ? "it has none yet" : Names.suggest(topic, "topic", names))
            + "; create it, or correct the source's 'topic'");
  }
}
