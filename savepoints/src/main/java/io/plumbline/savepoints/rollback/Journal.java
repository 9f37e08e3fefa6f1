package io.plumbline.savepoints.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.savepoints.CatalogLock;
import io.plumbline.savepoints.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How far a rollback has come, in {@code _rollback.json} of the catalog: whoever is killed goes on
 * from there. While it is open, nobody else can open it; the lock ends with the process.
 */
final class Journal implements AutoCloseable {
  private static final String STEPS = "steps";

  private final Path file;
  private final CatalogLock lock;
  private ObjectNode fields;

  private Journal(Path file, CatalogLock lock, ObjectNode fields) {
    this.file = file;
    this.lock = lock;
    this.fields = fields;
  }

  /**
   * Opens a catalog's, with what an earlier call has left.
   *
   * @throws UserError if a rollback is going on, which is named
   */
  static Journal open(Path catalog) {
    Path file = catalog.resolve(CatalogLock.JOURNAL);
    CatalogLock lock = CatalogLock.take(catalog);
    try {
      ObjectNode fields =
          Files.exists(file)
              ? (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(file))
              : Json.object();
      return new Journal(file, lock, fields);
    } catch (IOException | ClassCastException e) {
      lock.close();
      throw UserError.wrongCall(file + " is no journal of a rollback; move it away: " + e);
    }
  }

  /** Whether an earlier call has left something to go on with. */
  boolean isBegun() {
    return !fields.isEmpty();
  }

  /**
   * Begins a rollback. What was there stays beside it, as {@code _rollback-abandoned-MS.json}.
   *
   * @param more to be noted from the start
   */
  void begin(String to, String job, Map<String, String> more) {
    if (isBegun()) {
      putAside();
    }
    fields = Json.object();
    more.forEach(fields::put);
    fields.put("to", to).put("job", job).put("began", Instant.now().toString());
    fields.put(
        "by", System.getProperty("user.name") + ", process " + ProcessHandle.current().pid());
    reached(Step.BEGUN);
  }

  /** By a copy: if this is as far as it comes, the next call may go on with it or give it up. */
  private void putAside() {
    Path aside =
        file.resolveSibling("_rollback-abandoned-" + when(Step.BEGUN).orElse(0L) + ".json");
    try {
      Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw UserError.invalid(file + " cannot be copied to " + aside + ": " + e, e);
    }
  }

  /** Something that was noted; empty if it was not. */
  Optional<String> get(String name) {
    return Optional.ofNullable(fields.get(name)).map(JsonNode::asText);
  }

  /** Notes something. */
  void put(String name, String value) {
    fields.put(name, value);
    write();
  }

  /** Forgets something. */
  void remove(String name) {
    fields.remove(name);
    write();
  }

  /** When a step was reached, epoch ms; empty if it was not. */
  Optional<Long> when(Step step) {
    return Optional.ofNullable(fields.path(STEPS).get(step.name())).map(JsonNode::asLong);
  }

  boolean has(Step step) {
    return when(step).isPresent();
  }

  /** Notes that a step is reached, now. */
  void reached(Step step) {
    fields.withObjectProperty(STEPS).put(step.name(), System.currentTimeMillis());
    write();
  }

  /** Forgets that a step was reached. */
  void undo(Step step) {
    fields.withObjectProperty(STEPS).remove(step.name());
    write();
  }

  private void write() {
    try {
      Path hidden = file.resolveSibling("." + CatalogLock.JOURNAL + ".tmp");
      byte[] json = (fields.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
      try (FileChannel channel =
          FileChannel.open(
              hidden,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(json);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UserError.invalid(file + " cannot be written: " + e, e);
    }
  }

  /**
   * Puts the journal of a rollback that is done aside.
   *
   * @return where it is now
   */
  Path file(long began) {
    Path done = file.resolveSibling("_rollback-" + began + ".json");
    try {
      return Files.move(file, done, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UserError.invalid(file + " cannot be renamed to " + done + ": " + e, e);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
