package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowSerializerSnapshot;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;

/** The features that a savepoint's timelines were written for, as it says itself. */
final class WrittenFeatures {
  private static final ClassLoader LOADER = WrittenFeatures.class.getClassLoader();

  private WrittenFeatures() {}

  /**
   * Of a savepoint or a checkpoint; empty if it holds no timelines.
   *
   * @param savepoint path or URL
   * @throws UserError if it cannot be read
   */
  static Optional<FeatureSet> of(String savepoint) {
    try {
      for (OperatorState operator : metadata(savepoint).getOperatorStates()) {
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
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw UserError.invalid("--from: " + savepoint + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static CheckpointMetadata metadata(String savepoint) throws IOException {
    StreamStateHandle handle =
        AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(savepoint).getMetadataHandle();
    try (DataInputStream in = new DataInputStream(handle.openInputStream())) {
      return Checkpoints.loadCheckpointMetadata(in, LOADER, savepoint);
    }
  }

  private static Optional<FeatureSet> of(KeyedStateHandle handle) throws IOException {
    Optional<StreamStateHandle> header = header(handle);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    for (StateMetaInfoSnapshot state : states(header.get())) {
      if (state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER)
              instanceof FlowSerializerSnapshot<?> snapshot
          && snapshot.isOfTimelines()) {
        return Optional.of(snapshot.set());
      }
    }
    return Optional.empty();
  }

  private static Optional<StreamStateHandle> header(KeyedStateHandle handle) {
    if (handle instanceof KeyGroupsStateHandle groups) {
      return Optional.of(groups.getDelegateStateHandle());
    }
    return handle instanceof IncrementalRemoteKeyedStateHandle files
        ? Optional.of(files.getMetaDataStateHandle())
        : Optional.empty();
  }

  private static List<StateMetaInfoSnapshot> states(StreamStateHandle header) throws IOException {
    try (var in = header.openInputStream()) {
      KeyedBackendSerializationProxy<?> proxy = new KeyedBackendSerializationProxy<>(LOADER);
      proxy.read(new DataInputViewStreamWrapper(in));
      return proxy.getStateMetaInfoSnapshots();
    }
  }
}
