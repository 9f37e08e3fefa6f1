package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.app.Launch;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.Positions.Position;
import io.plumbline.savepoints.Savepoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Looks whether a recorded release can be started, before anything is stopped for it. */
final class Preflight {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final CatalogRecord record;

  Preflight(CatalogRecord record) {
    this.record = record;
  }

  /**
   * The jar of the release.
   *
   * @throws UserError if the record has none, or it is not what it was
   */
  Path jar() {
    CatalogRecord.Launch launch = record.launch();
    if (launch == null || launch.jar() == null) {
      throw refused(
          launch == null
              ? "its job did not say how it was started: it ran in the verb's own process, or is"
                  + " of an older version. Start it by hand, see docs/rollback.md"
              : "its jar was not to be had when it was taken; take savepoints with --jar. The jar"
                  + " that is needed has the SHA-256 "
                  + launch.jarSha256());
    }
    Path jar = Path.of(launch.jar());
    if (!Files.isReadable(jar)) {
      throw refused(
          "its jar "
              + jar
              + " is missing; put one with the SHA-256 "
              + launch.jarSha256()
              + " there");
    }
    String sha = Launch.sha256(jar);
    if (!sha.equals(launch.jarSha256())) {
      throw refused(
          "its jar "
              + jar
              + " has been replaced: the SHA-256 is "
              + sha
              + ", and was "
              + launch.jarSha256());
    }
    return jar;
  }

  /**
   * Looks whether the savepoint's files are there and as long as they were; does not read them.
   *
   * @return the entities that the release writes
   * @throws UserError if not
   */
  List<String> savepoint() {
    try (Savepoint savepoint = Savepoint.open(Path.of(record.path()))) {
      return savepoint.entities();
    } catch (UserError e) {
      throw refused(e.getMessage());
    }
  }

  /**
   * @throws UserError if a cluster runs another minor version of Flink than the recorded one
   */
  void flink(String version) {
    if (!minor(version).equals(minor(record.flinkVersion()))) {
      throw refused(
          "it was taken on Flink "
              + record.flinkVersion()
              + ", whose jar and state Flink "
              + version
              + " of this cluster may not take; start a cluster of that version and name it with"
              + " --rest");
    }
  }

  private static String minor(String version) {
    String[] parts = version.split("\\.", 3);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }

  /**
   * @throws UserError if a job is not of the recorded name, or another namespace is meant
   */
  void job(String name, String namespace) {
    if (!name.equals(record.job().name())) {
      throw refused(
          "it is of job '" + record.job().name() + "', and the job to stop is '" + name + "'");
    }
    String recorded =
        new RecordedCall(record.launch().arguments()).value("--namespace").orElse("fs");
    if (!recorded.equals(namespace)) {
      throw refused("its job wrote the namespace " + recorded + ", not " + namespace);
    }
  }

  /**
   * @throws UserError if Kafka has deleted what is behind the savepoint, or does not answer
   */
  void offsets() {
    RecordedCall call = new RecordedCall(record.launch().arguments());
    String brokers = call.value("--brokers").orElseThrow(() -> refused("it names no --brokers"));
    KafkaSettings settings =
        call.value("--kafka-config")
            .map(file -> KafkaSettings.load(brokers, Path.of(file)))
            .orElse(KafkaSettings.of(brokers));
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (Position position : record.offsets()) {
      if (position.offset() > 0) {
        wanted.put(partition(position), OffsetSpec.earliest());
      }
    }
    Map<TopicPartition, Long> earliest = earliest(settings, wanted);
    for (Position position : record.offsets()) {
      long left = earliest.getOrDefault(partition(position), 0L);
      if (position.offset() >= 0 && position.offset() < left) {
        throw refused(
            "topic "
                + position.topic()
                + ", partition "
                + position.partition()
                + ": it goes on at offset "
                + position.offset()
                + ", and the earliest that Kafka still has is "
                + left
                + ". With --accept-loss it goes on without what is missing");
      }
    }
  }

  private static TopicPartition partition(Position position) {
    return new TopicPartition(position.topic(), position.partition());
  }

  private Map<TopicPartition, Long> earliest(
      KafkaSettings settings, Map<TopicPartition, OffsetSpec> wanted) {
    Properties client =
        settings.client(Map.of("default.api.timeout.ms", "10000", "request.timeout.ms", "5000"));
    try (Admin admin = Admin.create(client)) {
      Map<TopicPartition, Long> earliest = new HashMap<>();
      admin
          .listOffsets(wanted)
          .all()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, found) -> earliest.put(partition, found.offset()));
      return earliest;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.invalid("interrupted while waiting for Kafka", e);
    } catch (ExecutionException | TimeoutException e) {
      throw refused(
          "Kafka at "
              + settings.bootstrap()
              + " does not say whether it still has what comes next: "
              + Savepoint.reason(e));
    }
  }

  private UserError refused(String why) {
    return UserError.invalid("no rollback to " + record.id() + ", nothing was changed: " + why);
  }
}
