package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowSerializerSnapshot;
import io.plumbline.jobs.feature.Uids;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;

/**
 * What a savepoint says of the job that left it.
 *
 * @param set features that its timelines were written for; empty if there are none of any key
 * @param logs where it goes on
 */
record SavedJob(Optional<FeatureSet> set, SavedLogs logs) {
  private static final String FROM = "--from: ";
  private static final ClassLoader LOADER = SavedJob.class.getClassLoader();

  /**
   * Of a savepoint or a checkpoint, whose files are there and as long as they were.
   *
   * @param savepoint path or URL
   * @throws UserError if it cannot be read, is of another program, or lacks something
   */
  static SavedJob of(String savepoint) {
    StreamStateHandle file = reading(savepoint, "", () -> metadataFile(savepoint));
    CheckpointMetadata metadata =
        reading(
            savepoint,
            ", as a savepoint (its _metadata is damaged, or of a version of Flink's that this one"
                + " does not know),",
            () -> metadata(savepoint, file));
    if (metadata.getOperatorStates().stream().noneMatch(SavedJob::keepsTimelines)) {
      throw UserError.invalid(
          FROM
              + savepoint
              + " is a savepoint of another program: none of its operators keeps timelines; name"
              + " one that a stream job left");
    }
    metadata.getOperatorStates().forEach(operator -> checkFiles(savepoint, operator));
    return reading(
        savepoint,
        "",
        () ->
            new SavedJob(
                written(metadata),
                new SavedLogs(
                    LogPosition.of(metadata.getOperatorStates()), Bootstrapped.beside(savepoint))));
  }

  private static <T> T reading(String savepoint, String what, Unreadable.Reading<T> reading) {
    return Unreadable.reading(
        FROM + savepoint + what,
        reading,
        message -> UserError.invalid(message + "; start from another savepoint"));
  }

  private static boolean keepsTimelines(OperatorState operator) {
    return operator.getOperatorUid().filter(uid -> uid.startsWith(Uids.timelines(""))).isPresent();
  }

  private static void checkFiles(String savepoint, OperatorState operator) {
    for (StreamStateHandle file : StateFiles.of(operator)) {
      StateFiles.problem(file)
          .ifPresent(
              problem -> {
                throw UserError.invalid(
                    FROM
                        + savepoint
                        + " is not whole: "
                        + problem
                        + "; savepoint verify says more. Start from another savepoint");
              });
    }
  }

  private static Optional<FeatureSet> written(CheckpointMetadata metadata) throws IOException {
    for (OperatorState operator : metadata.getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (KeyedStateHandle handle : subtask.getManagedKeyedState()) {
          Optional<FeatureSet> set = of(handle);
          if (set.isPresent()) {
            return set;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static StreamStateHandle metadataFile(String savepoint) throws IOException {
    return AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint)
        .getMetadataHandle();
  }

  private static CheckpointMetadata metadata(String savepoint, StreamStateHandle file)
      throws IOException {
    try (DataInputStream in = new DataInputStream(file.openInputStream())) {
      return Checkpoints.loadCheckpointMetadata(in, LOADER, savepoint);
    }
  }

  private static Optional<FeatureSet> of(KeyedStateHandle handle) throws IOException {
    for (StateMetaInfoSnapshot state : StateFiles.keyedStates(handle)) {
      if (state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER)
              instanceof FlowSerializerSnapshot<?> snapshot
          && snapshot.isOfTimelines()) {
        return Optional.of(snapshot.set());
      }
    }
    return Optional.empty();
  }
}
