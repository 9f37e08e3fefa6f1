package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.Uids;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * Whether a job can start from a savepoint: its files are whole, and this version can read what is
 * in them.
 *
 * @param files that were read
 * @param keys whose timelines were read
 * @param problems for people; empty if there are none
 */
record Verification(int files, long keys, List<String> problems) {

  /** Reads all of a savepoint. */
  static Verification of(Savepoint savepoint) {
    List<String> problems = new ArrayList<>();
    int files = 0;
    for (OperatorState operator : savepoint.operators()) {
      Set<StreamStateHandle> handles = handles(operator);
      files += handles.size();
      for (StreamStateHandle handle : handles) {
        problem(handle).ifPresent(p -> problems.add(Savepoint.nameOf(operator) + ": " + p));
      }
    }
    long[] keys = new long[1];
    if (problems.isEmpty()) {
      try {
        readStates(savepoint, keys);
      } catch (UserError e) {
        problems.add(e.getMessage());
      }
    }
    return new Verification(files, keys[0], problems);
  }

  private static void readStates(Savepoint savepoint, long[] keys) {
    for (String entity : savepoint.entities()) {
      Timelines timelines = savepoint.timelines(entity);
      timelines.knowledgeTime();
      timelines.forEach(
          kept -> {
            timelines.bytes(kept.timeline());
            keys[0]++;
          });
    }
    Positions.of(savepoint);
    for (OperatorState operator : savepoint.operators()) {
      String uid = Savepoint.nameOf(operator);
      if (!uid.startsWith(Uids.timelines(""))) {
        savepoint.reading(uid, () -> savepoint.reader(operator).keys());
      }
    }
  }

  private static Set<StreamStateHandle> handles(OperatorState operator) {
    Set<StreamStateHandle> handles = new LinkedHashSet<>();
    for (OperatorSubtaskState subtask : operator.getStates()) {
      for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
        handles.add(handle.getDelegateStateHandle());
      }
      for (OperatorStateHandle handle : subtask.getRawOperatorState()) {
        handles.add(handle.getDelegateStateHandle());
      }
      subtask.getManagedKeyedState().forEach(handle -> add(handle, handles));
      subtask.getRawKeyedState().forEach(handle -> add(handle, handles));
    }
    return handles;
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

  private static Optional<String> problem(StreamStateHandle handle) {
    String name = handle.maybeGetPath().map(Object::toString).orElse("state in _metadata");
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    try (var in = handle.openInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
      }
    } catch (FileNotFoundException e) {
      return Optional.of(name + " is missing");
    } catch (IOException e) {
      return Optional.of(name + " cannot be read: " + Savepoint.reason(e));
    }
    return size == handle.getStateSize()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s has %,d bytes, and had %,d when it was written",
                name, size, handle.getStateSize()));
  }
}
