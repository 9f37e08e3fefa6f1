package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Held by whoever rolls back or prunes in a catalog; it ends with the process. */
public final class CatalogLock implements AutoCloseable {
  /** The journal of a rollback, in the catalog. */
  public static final String JOURNAL = "_rollback.json";

  private static final String FILE = "_rollback.lock";

  private final FileChannel channel;

  private CatalogLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws UserError if another process has it, saying what that does
   */
  public static CatalogLock take(Path catalog) {
    Path path = catalog.resolve(FILE);
    try {
      CatalogLock lock =
          new CatalogLock(
              FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      if (!lock.isHeld()) {
        lock.close();
        throw UserError.invalid(holder(catalog.resolve(JOURNAL)));
      }
      return lock;
    } catch (IOException e) {
      throw UserError.wrongCall(path + " cannot be written: " + e);
    }
  }

  private boolean isHeld() throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String holder(Path journal) {
    try {
      JsonNode fields = Json.MAPPER.readTree(Files.readAllBytes(journal));
      return "a rollback is going on: to "
          + fields.path("to").asText()
          + ", begun by "
          + fields.path("by").asText()
          + " at "
          + fields.path("began").asText()
          + "; see "
          + journal
          + ". If that was interrupted, savepoint prune is deleting";
    } catch (IOException e) {
      return "a rollback has just begun, see " + journal + ", or savepoint prune is deleting";
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw UserError.invalid("the lock of the catalog cannot be given back: " + e, e);
    }
  }
}
