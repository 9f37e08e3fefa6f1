package io.plumbline.jobs.archive;

import io.plumbline.UserError;
import io.plumbline.jobs.lake.LakeLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * One job archives a source into a lake; a second is refused. One task of the job holds a lock that
 * dies with its process and writes down the job's run; the others wait for that before they look at
 * the lake, and look whether it still holds before they show anything to readers.
 */
final class Ownership implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String OWNER = "owner";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_NANOS = Duration.ofMillis(10).toNanos();

  /**
   * Before the path of a lock that this process has, in the name of a system property. Closing any
   * channel of a file frees all locks that its process has on it, so none may be opened then; and
   * of this class the process may have several, each by a class loader of its own.
   */
  private static final String LOCKED_HERE = "plumbline.archive.lock.";

  private final Path path;
  private final FileChannel lock;

  private Ownership(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Keeps other jobs away until this is closed.
   *
   * @throws UserError if another job does so already
   */
  static Ownership take(Path lake, String source) throws IOException {
    Path folder = Files.createDirectories(LakeLayout.hidden(lake, source)).toRealPath();
    Path path = folder.resolve(LOCK);
    if (System.getProperties().putIfAbsent(LOCKED_HERE + path, source) != null) {
      throw taken(lake, source);
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        throw taken(lake, source);
      }
      return new Ownership(path, channel);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      System.clearProperty(LOCKED_HERE + path);
      throw e;
    }
  }

  /** Lets the tasks of a run begin. */
  void announce(String run) throws IOException {
    Path temporary = path.resolveSibling(OWNER + ".new");
    Files.writeString(temporary, run);
    Files.move(
        temporary,
        path.resolveSibling(OWNER),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static UserError taken(Path lake, String source) {
    return UserError.invalid(
        LakeLayout.records(lake, source)
            + ": another job archives this source into this lake; stop that one, or archive into"
            + " another lake");
  }

  @Override
  public void close() throws IOException {
    lock.close();
    System.clearProperty(LOCKED_HERE + path);
  }

  /** What a task of the owner relies on. */
  record Claim(Path lake, String source, String run) {

    /**
     * Waits until the run is the owner.
     *
     * @throws UserError if it does not become so
     */
    void await() throws IOException, InterruptedException {
      long start = System.nanoTime();
      while (!isOwner()) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw taken(lake, source);
        }
        LockSupport.parkNanos(LOOK_NANOS);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }

    /**
     * @throws UserError if another run has become the owner
     */
    void check() throws IOException {
      if (!isOwner()) {
        throw taken(lake, source);
      }
    }

    private boolean isOwner() throws IOException {
      try {
        return Files.readString(LakeLayout.hidden(lake, source).resolve(OWNER)).equals(run);
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }
}
