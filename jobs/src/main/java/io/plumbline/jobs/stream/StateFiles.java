package io.plumbline.jobs.stream;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;

/** The files that a savepoint's metadata names. */
public final class StateFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private StateFiles() {}

  /** Those of one operator. Small state lies in the metadata itself, and counts as a file too. */
  public static Set<StreamStateHandle> of(OperatorState operator) {
    Set<StreamStateHandle> files = new LinkedHashSet<>();
    for (OperatorSubtaskState subtask : operator.getStates()) {
      for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
        files.add(handle.getDelegateStateHandle());
      }
      for (OperatorStateHandle handle : subtask.getRawOperatorState()) {
        files.add(handle.getDelegateStateHandle());
      }
      subtask.getManagedKeyedState().forEach(handle -> add(handle, files));
      subtask.getRawKeyedState().forEach(handle -> add(handle, files));
    }
    return files;
  }

  /** RocksDB's own files of one operator, where it is part of a native savepoint. */
  public static Set<StreamStateHandle> ofRocksDb(OperatorState operator) {
    Set<StreamStateHandle> files = new LinkedHashSet<>();
    for (OperatorSubtaskState subtask : operator.getStates()) {
      subtask.getManagedKeyedState().stream()
          .filter(IncrementalRemoteKeyedStateHandle.class::isInstance)
          .forEach(handle -> add(handle, files));
    }
    return files;
  }

  /** What is known of keyed states, as the file that holds them says. */
  public static List<StateMetaInfoSnapshot> keyedStates(KeyedStateHandle handle)
      throws IOException {
    Optional<StreamStateHandle> header = header(handle);
    if (header.isEmpty()) {
      return List.of();
    }
    try (var in = header.get().openInputStream()) {
      KeyedBackendSerializationProxy<?> proxy =
          new KeyedBackendSerializationProxy<>(StateFiles.class.getClassLoader());
      proxy.read(new DataInputViewStreamWrapper(in));
      return proxy.getStateMetaInfoSnapshots();
    }
  }

  private static Optional<StreamStateHandle> header(KeyedStateHandle handle) {
    if (handle instanceof KeyGroupsStateHandle groups) {
      return Optional.of(groups.getDelegateStateHandle());
    }
    return handle instanceof IncrementalRemoteKeyedStateHandle files
        ? Optional.of(files.getMetaDataStateHandle())
        : Optional.empty();
  }

  private static void add(KeyedStateHandle handle, Set<StreamStateHandle> to) {
    if (handle instanceof KeyGroupsStateHandle groups) {
      to.add(groups.getDelegateStateHandle());
    } else if (handle instanceof IncrementalRemoteKeyedStateHandle files) {
      to.add(files.getMetaDataStateHandle());
      files.getSharedState().stream().map(HandleAndLocalPath::getHandle).forEach(to::add);
      files.getPrivateState().stream().map(HandleAndLocalPath::getHandle).forEach(to::add);
    }
  }

  /** What is wrong with a file, as far as can be seen without reading it. */
  public static Optional<String> problem(StreamStateHandle file) {
    Optional<Path> path = file.maybeGetPath();
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      long size = path.get().getFileSystem().getFileStatus(path.get()).getLen();
      return file instanceof FileStateHandle ? sizeProblem(file, size) : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.of(name(file) + " is missing");
    } catch (IOException e) {
      return Optional.of(name(file) + " cannot be read: " + Unreadable.reason(e));
    }
  }

  /** What is wrong with a file that is read to its end. */
  public static Optional<String> problemWhenRead(StreamStateHandle file) {
    byte[] buffer = new byte[BUFFER_BYTES];
    long size = 0;
    try (var in = file.openInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
      }
    } catch (FileNotFoundException e) {
      return Optional.of(name(file) + " is missing");
    } catch (IOException e) {
      return Optional.of(name(file) + " cannot be read: " + Unreadable.reason(e));
    }
    return sizeProblem(file, size);
  }

  private static Optional<String> sizeProblem(StreamStateHandle file, long size) {
    return size == file.getStateSize()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s has %,d bytes, and had %,d when it was written",
                name(file), size, file.getStateSize()));
  }

  private static String name(StreamStateHandle file) {
    return file.maybeGetPath().map(Path::getPath).orElse("state in _metadata");
  }
}
