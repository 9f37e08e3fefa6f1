package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.state.api.runtime.SavepointLoader;

/** A savepoint or a checkpoint of a live job, as its metadata describes it. */
final class Savepoint {
  private final Path path;
  private final CheckpointMetadata metadata;

  private Savepoint(Path path, CheckpointMetadata metadata) {
    this.path = path;
    this.metadata = metadata;
  }

  /**
   * Reads a savepoint's metadata.
   *
   * @throws UserError if there is no savepoint, or one that this Flink cannot read
   */
  static Savepoint open(Path path) {
    if (!Files.exists(path)) {
      throw UserError.wrongCall(path + " does not exist; name the folder of a savepoint");
    }
    try {
      return new Savepoint(path, SavepointLoader.loadSavepointMetadata(path.toUri().toString()));
    } catch (FileNotFoundException e) {
      throw UserError.wrongCall(
          path + " is not a savepoint: no _metadata is in it; name the folder that Flink wrote");
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw UserError.wrongCall(
          path
              + " cannot be read as a savepoint: its _metadata is damaged, or another version"
              + " of Flink wrote it: "
              + e.getMessage());
    }
  }

  Path path() {
    return path;
  }

  /** The operators, those with a uid first and by uid. */
  List<OperatorState> operators() {
    return metadata.getOperatorStates().stream()
        .sorted(Comparator.comparing(Savepoint::nameOf))
        .toList();
  }

  /** An operator's uid; the number that Flink makes of it, where the savepoint does not say. */
  static String nameOf(OperatorState operator) {
    return operator.getOperatorUid().orElseGet(() -> operator.getOperatorID().toString());
  }
}
