package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.app.Launch;
import io.plumbline.jobs.feature.Evolution;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.Topics;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.stream.LogPosition;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.Savepoint;
import io.plumbline.savepoints.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks whether a recorded release can be started, before anything is stopped for it. */
final class Preflight {
  private final CatalogRecord record;
  private final Standing standing;

  /** Where the rollback stands that is looked into. */
  enum Standing {
    NOT_BEGUN("no rollback to %s, nothing was changed: "),
    ANOTHER_GIVEN_UP("no rollback to %s, nothing was changed by this call: "),
    INTERRUPTED("the rollback to %s cannot go on; mend this, and the same call does: ");

    private final String words;

    Standing(String words) {
      this.words = words;
    }
  }

  Preflight(CatalogRecord record, Standing standing) {
    this.record = record;
    this.standing = standing;
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
   * Looks whether the savepoint's files are there and as long as they were, and the recorded
   * definitions go on from it.
   *
   * @return the entities that the release writes
   * @throws UserError if not
   */
  List<String> savepoint() {
    try (Savepoint savepoint = Savepoint.open(Path.of(record.path()))) {
      FeatureSet recorded = FeatureSet.live(new DefinitionBundle(record.definitions().files()));
      List<String> refusals = Evolution.of(savepoint.set(), recorded).refusals(Set.of());
      if (!refusals.isEmpty()) {
        throw refused(
            "its savepoint at "
                + record.path()
                + " was written under other definitions than it has recorded: "
                + refusals.get(0));
      }
      List<String> elsewhere = savepoint.refusals(recorded);
      if (!elsewhere.isEmpty()) {
        throw refused("of its savepoint at " + record.path() + ": " + elsewhere.get(0));
      }
      return savepoint.entities();
    } catch (Refusal e) {
      throw e;
    } catch (UserError e) {
      throw refused(e.getMessage());
    }
  }

  /**
   * Reads all of the savepoint.
   *
   * @throws UserError if a job could not start from it
   */
  void state() {
    try (Savepoint savepoint = Savepoint.open(Path.of(record.path()))) {
      List<String> problems = Verification.of(savepoint).problems();
      if (!problems.isEmpty()) {
        throw refused("its savepoint is damaged: " + problems.get(0));
      }
    } catch (Refusal e) {
      throw e;
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
   * The release will write where its job wrote: whoever looks elsewhere shuts others out, and waits
   * for ever.
   *
   * @throws UserError if another namespace or another Redis is meant
   */
  void redis(RedisConnection given) {
    RecordedCall call = new RecordedCall(record.launch().arguments());
    String namespace = call.value("--namespace").orElse(RedisSettings.DEFAULT_NAMESPACE);
    if (!namespace.equals(given.settings().namespace())) {
      throw refused(
          "its job wrote the namespace " + namespace + ", not " + given.settings().namespace());
    }
    String recorded = call.value("--redis").orElseThrow(() -> refused("it names no --redis"));
    if (!SameRedis.isAt(recorded, given)) {
      throw refused(
          "its job wrote to Redis at "
              + recorded
              + ", and so will the release; "
              + given.settings().place()
              + " is another one. Write --redis "
              + recorded);
    }
  }

  /**
   * The job in whose place the release comes.
   *
   * @param given its id; null for whichever it is
   * @return its id; empty if there is none
   * @throws UserError if the given one is another, or whose it is cannot be told
   */
  String job(String given, OldJobs jobs) {
    if (given != null) {
      jobs.whyNot(given)
          .ifPresent(
              why -> {
                throw refused(why);
              });
      return given;
    }
    List<String> found = jobs.find();
    if (found.size() > 1) {
      throw refused(
          "several jobs may be the one to stop: " + String.join(", ", found) + "; name one: --job");
    }
    if (found.isEmpty()) {
      jobs.ownerElsewhere()
          .ifPresent(
              why -> {
                throw refused(why);
              });
    }
    return found.isEmpty() ? "" : found.get(0);
  }

  /** What is said of records that Kafka has deleted, and the release has not read. */
  enum Loss {
    REFUSED,
    ACCEPTED
  }

  /**
   * @throws UserError if Kafka has deleted what is behind the savepoint, does not come so far, or
   *     does not answer
   */
  void offsets(Loss loss) {
    Map<String, List<LogPosition>> topics =
        record.offsets().stream()
            .filter(position -> position.offset() > 0)
            .collect(Collectors.groupingBy(LogPosition::topic, TreeMap::new, Collectors.toList()));
    if (topics.isEmpty()) {
      return;
    }
    try (Topics kafka = Topics.connect(kafka())) {
      topics.forEach(
          (topic, positions) -> {
            Map<Integer, Long> first = kafka.beginningOffsets(topic);
            Map<Integer, Long> end = kafka.endOffsets(topic);
            for (LogPosition position : positions) {
              checkEnd(position, end.getOrDefault(position.partition(), 0L));
              if (loss == Loss.REFUSED) {
                checkFirst(position, first.getOrDefault(position.partition(), 0L));
              }
            }
          });
    } catch (Refusal e) {
      throw e;
    } catch (UserError e) {
      throw refused(e.getMessage());
    }
  }

  private KafkaSettings kafka() {
    RecordedCall call = new RecordedCall(record.launch().arguments());
    String brokers = call.value("--brokers").orElseThrow(() -> refused("it names no --brokers"));
    return call.value("--kafka-config")
        .map(file -> KafkaSettings.load(brokers, Path.of(file)))
        .orElse(KafkaSettings.of(brokers));
  }

  /** A release that goes on behind the end fails as soon as it reads. */
  private void checkEnd(LogPosition position, long end) {
    if (position.offset() > end) {
      throw refused(
          place(position)
              + ", and Kafka's log ends at "
              + end
              + ": the topic was made anew, or has lost its end. Go back to a savepoint that was"
              + " taken since");
    }
  }

  private void checkFirst(LogPosition position, long first) {
    if (position.offset() < first) {
      throw refused(
          place(position)
              + ", and the earliest that Kafka still has is "
              + first
              + ". With --accept-loss it goes on without what is missing");
    }
  }

  private static String place(LogPosition position) {
    return "topic "
        + position.topic()
        + ", partition "
        + position.partition()
        + ": it goes on at offset "
        + position.offset();
  }

  private UserError refused(String why) {
    return new Refusal(standing.words.formatted(record.id()) + why);
  }

  /** What has its introduction already. */
  private static final class Refusal extends UserError {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(Exit.NO, message, null);
    }
  }
}
