package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.Loss;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.stream.KafkaLogs;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.Option;

/** How to reach Kafka, and where to start reading. */
public final class KafkaOptions {
  @Option(
      names = "--brokers",
      required = true,
      description = "host:port of Kafka brokers, comma-separated")
  private String brokers;

  @Option(
      names = "--kafka-config",
      description = {
        "properties file of Kafka clients, for SASL, TLS and the schema registry;",
        "$${env:NAME} and $${file:/path} in it stand for secrets kept elsewhere"
      })
  private Path config;

  @Option(
      names = "--schema-registry",
      description = "address of the schema registry, for sources encoded as confluent-avro")
  private String registry;

  @Option(
      names = "--start",
      defaultValue = "earliest",
      description = {
        "where to read from without a savepoint: earliest (default), committed,",
        "or the first record at or after a time in ISO-8601"
      })
  private String start;

  @Option(
      names = "--accept-loss",
      description = {
        "go on, and count, where Kafka has deleted what would be read next; the job fails",
        "unless this is given"
      })
  private boolean acceptLoss;

  /** The topics to read. */
  KafkaLogs logs(String group) {
    return new KafkaLogs(settings(), registry(), start(), group)
        .onLoss(acceptLoss ? Loss.ACCEPTED : Loss.REFUSED);
  }

  KafkaSettings settings() {
    return config == null ? KafkaSettings.of(brokers) : KafkaSettings.load(brokers, config);
  }

  RegistrySettings registry() {
    RegistrySettings settings = RegistrySettings.of(settings());
    return registry == null ? settings : settings.at(registry);
  }

  LogStart start() {
    switch (start) {
      case "earliest":
        return new LogStart.Earliest();
      case "committed":
        return new LogStart.Committed();
      default:
        try {
          return new LogStart.At(Instant.parse(start).toEpochMilli());
        } catch (DateTimeParseException e) {
          throw UserError.wrongCall(
              "--start "
                  + start
                  + ": write earliest, committed, or a time such as 2026-05-01T10:00:00Z");
        }
    }
  }
}
