package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowSerializerSnapshot;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.stream.Bootstrapped;
import io.plumbline.jobs.stream.LogPosition;
import io.plumbline.jobs.stream.SavedLogs;
import io.plumbline.jobs.stream.StateFiles;
import io.plumbline.jobs.stream.Unreadable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.apache.flink.state.api.runtime.SavepointLoader;

/** A savepoint, or a checkpoint, of a live job, and what it says about itself. */
public final class Savepoint implements AutoCloseable {
  private final Path path;
  private final CheckpointMetadata metadata;
  private final Path temporary;
  private FeatureSet set;

  private Savepoint(Path path, CheckpointMetadata metadata, Path temporary) {
    this.path = path;
    this.metadata = metadata;
    this.temporary = temporary;
  }

  /**
   * Reads a savepoint's metadata, and looks whether its files are there and as long as they were.
   *
   * @throws UserError if there is no savepoint, one that this Flink cannot read, one of another
   *     program, or one that lacks something
   */
  public static Savepoint open(Path path) {
    Savepoint savepoint = openDamaged(path);
    for (OperatorState operator : savepoint.operators()) {
      for (StreamStateHandle file : StateFiles.of(operator)) {
        StateFiles.problem(file)
            .ifPresent(
                problem -> {
                  savepoint.close();
                  throw UserError.wrongCall(
                      path + " is not whole; savepoint verify says more: " + problem);
                });
      }
    }
    return savepoint;
  }

  /** The same, but does not look for the files. */
  static Savepoint openDamaged(Path path) {
    if (!Files.exists(path)) {
      throw UserError.wrongCall(path + " does not exist; name the folder of a savepoint");
    }
    CheckpointMetadata metadata;
    Path temporary;
    try {
      metadata = SavepointLoader.loadSavepointMetadata(Places.url(path));
      temporary = Files.createTempDirectory("plumbline-savepoint");
    } catch (FileNotFoundException e) {
      throw UserError.wrongCall(
          path + " is not a savepoint: there is no _metadata in it; name the folder of one");
    } catch (IOException | RuntimeException e) {
      throw UserError.wrongCall(
          path
              + " cannot be read as a savepoint: its _metadata is damaged, or is of a version of"
              + " Flink's that this one does not know: "
              + reason(e));
    }
    Savepoint savepoint = new Savepoint(path, metadata, temporary);
    if (savepoint.operators().stream().noneMatch(o -> nameOf(o).startsWith(Uids.timelines("")))) {
      savepoint.close();
      throw UserError.wrongCall(
          path
              + " is a savepoint of another program: none of its operators keeps timelines; name"
              + " one that a stream job left");
    }
    return savepoint;
  }

  Path path() {
    return path;
  }

  /** Whether Flink deletes it, and shares its files with others, as it likes. */
  public boolean isCheckpoint() {
    CheckpointProperties properties = metadata.getCheckpointProperties();
    return properties != null && !properties.isSavepoint();
  }

  /** When its metadata was written, which is after the job had stopped to read; epoch ms. */
  public long writtenAt() {
    Path file = Files.isDirectory(path) ? path.resolve("_metadata") : path;
    return reading("_metadata", () -> Files.getLastModifiedTime(file).toMillis());
  }

  /** The operators by uid. */
  List<OperatorState> operators() {
    return metadata.getOperatorStates().stream()
        .sorted(Comparator.comparing(Savepoint::nameOf))
        .toList();
  }

  Optional<OperatorState> operator(String uid) {
    return operators().stream().filter(operator -> nameOf(operator).equals(uid)).findFirst();
  }

  /** An operator's uid; the number that Flink makes of it, where the savepoint does not say. */
  static String nameOf(OperatorState operator) {
    return operator.getOperatorUid().orElseGet(() -> operator.getOperatorID().toString());
  }

  /**
   * Copies RocksDB's own files, which Flink's writer of savepoints passes over.
   *
   * @param without uids of operators whose files are not wanted
   */
  public void copyRocksDbFiles(Set<String> without, Path to) throws IOException {
    for (OperatorState operator : operators()) {
      if (!without.contains(nameOf(operator))) {
        for (StreamStateHandle file : StateFiles.ofRocksDb(operator)) {
          if (file.maybeGetPath().isPresent()) {
            Path from = Path.of(file.maybeGetPath().get().toUri());
            Files.copy(from, to.resolve(from.getFileName()), StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }

  /** Where in Kafka a job goes on, by uid, topic and partition. */
  public List<LogPosition> positions() {
    return reading("positions in logs", () -> LogPosition.of(operators()));
  }

  /**
   * Why a job cannot go on in its logs from here, for people; empty if it can.
   *
   * @param asked what the job is to compute
   */
  public List<String> refusals(FeatureSet asked) {
    return new SavedLogs(positions(), Bootstrapped.beside(Places.url(path)))
        .refusals(Set.copyOf(set().plans().sources()), asked);
  }

  /** A reader of an operator's state. */
  StateReader reader(OperatorState operator) {
    return new StateReader(operator, temporary);
  }

  /**
   * The feature set under which the state was written.
   *
   * @throws UserError if the state is of a format that this version does not know
   */
  public FeatureSet set() {
    if (set == null) {
      set =
          operators().stream()
              .flatMap(operator -> sets(operator).stream())
              .findFirst()
              .orElseThrow(
                  () -> UserError.wrongCall(path + " holds no definitions: it has no keyed state"));
    }
    return set;
  }

  private List<FeatureSet> sets(OperatorState operator) {
    return reading(nameOf(operator), () -> reader(operator).keyedStates()).values().stream()
        .map(Savepoint::valueSerializer)
        .filter(FlowSerializerSnapshot.class::isInstance)
        .map(snapshot -> (FlowSerializerSnapshot<?>) snapshot)
        .filter(FlowSerializerSnapshot::isOfTimelines)
        .map(FlowSerializerSnapshot::set)
        .toList();
  }

  /** What is known of the serializer of a state's values; null for timers. */
  static Object valueSerializer(StateMetaInfoSnapshot state) {
    return state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER);
  }

  /** Names of the entities, in the order of the feature set's plans. */
  public List<String> entities() {
    return set().plans().entities().stream().map(plan -> plan.entity()).toList();
  }

  /**
   * The timelines of an entity.
   *
   * @throws UserError if there is no such entity
   */
  public Timelines timelines(String entity) {
    if (!entities().contains(entity)) {
      throw UserError.wrongCall(
          path + " has no entity " + entity + "; there are " + String.join(", ", entities()));
    }
    OperatorState operator =
        operator(Uids.timelines(entity))
            .orElseThrow(() -> UserError.wrongCall(path + " lacks the timelines of " + entity));
    return new Timelines(this, operator, entity);
  }

  /** What knowledge time had passed in all of an operator's subtasks; empty if in none. */
  Optional<Long> knowledgeTime(OperatorState operator) {
    List<Long> times =
        reading(
            nameOf(operator),
            () -> reader(operator).union("knowledge-time", LongSerializer.INSTANCE));
    return times.stream().min(Long::compare).filter(time -> time > Long.MIN_VALUE);
  }

  /** What knowledge time had passed for all entities; empty if for one it had not begun. */
  public Optional<Long> knowledgeTime() {
    long least = Long.MAX_VALUE;
    for (String entity : entities()) {
      Optional<Long> time = timelines(entity).knowledgeTime();
      if (time.isEmpty()) {
        return Optional.empty();
      }
      least = Math.min(least, time.get());
    }
    return Optional.of(least);
  }

  /**
   * Reads something.
   *
   * @param what is read, for people
   * @throws UserError if that fails
   */
  <T> T reading(String what, Unreadable.Reading<T> reading) {
    return Unreadable.reading(path + ": " + what, reading, UserError::wrongCall);
  }

  /** What went wrong in the first place. */
  public static String reason(Throwable failure) {
    return Unreadable.reason(failure);
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(temporary)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
