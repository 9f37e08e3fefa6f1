package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.stream.StateFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * Whether a job can start from a savepoint: its files are whole, and this version can read what is
 * in them.
 *
 * @param files that were read
 * @param keys whose timelines were read
 * @param problems for people; empty if there are none
 */
public record Verification(int files, long keys, List<String> problems) {

  /** Reads all of a savepoint. */
  public static Verification of(Savepoint savepoint) {
    List<String> problems = new ArrayList<>();
    int files = 0;
    for (OperatorState operator : savepoint.operators()) {
      Set<StreamStateHandle> handles = StateFiles.of(operator);
      files += handles.size();
      for (StreamStateHandle handle : handles) {
        StateFiles.problemWhenRead(handle)
            .ifPresent(p -> problems.add(Savepoint.nameOf(operator) + ": " + p));
      }
    }
    long[] keys = new long[1];
    if (problems.isEmpty()) {
      try {
        readStates(savepoint, keys);
        problems.addAll(savepoint.refusals(savepoint.set()));
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
    for (OperatorState operator : savepoint.operators()) {
      String uid = Savepoint.nameOf(operator);
      if (!uid.startsWith(Uids.timelines(""))) {
        savepoint.reading(uid, () -> savepoint.reader(operator).keys());
      }
    }
  }
}
