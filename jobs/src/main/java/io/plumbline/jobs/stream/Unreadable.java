package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.definition.InvalidDefinitions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * What is said of a savepoint that cannot be read. Bytes that make no sense lead to exceptions of
 * any kind, and to sizes that no memory has.
 */
public final class Unreadable {
  private static final int MOST_SAID = 200;

  /** Something that reads files. */
  @FunctionalInterface
  public interface Reading<T> {
    T read() throws IOException;
  }

  private Unreadable() {}

  /**
   * Reads something.
   *
   * @param what is read, for people
   * @param refusal makes an error of a message
   * @throws UserError if that fails
   */
  public static <T> T reading(
      String what, Reading<T> reading, Function<String, UserError> refusal) {
    try {
      return reading.read();
    } catch (InvalidDefinitions e) {
      throw refusal.apply(what + ": the definitions in it are damaged: " + reason(e));
    } catch (UserError e) {
      throw e;
    } catch (IOException | RuntimeException | LinkageError e) {
      throw refusal.apply(what + " cannot be read: " + reason(e));
    } catch (OutOfMemoryError e) {
      throw refusal.apply(
          what
              + " asks for more memory than there is: it is damaged, or a key is very large; in"
              + " that case try again with PLUMBLINE_HEAP=8g or more");
    }
  }

  /** What went wrong in the first place. */
  public static String reason(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null && first.getCause() != first) {
      if (first instanceof UnsupportedFileSystemSchemeException) {
        return "there is no file system for it here; name a folder, or give Flink its plugin";
      }
      first = first.getCause();
    }
    if (first instanceof FileNotFoundException || first instanceof NoSuchFileException) {
      return "a file is missing: " + first.getMessage();
    }
    String message = first.getMessage();
    return message == null || message.isBlank()
        ? "it ends too early or is damaged (" + first.getClass().getSimpleName() + ")"
        : shortened(message.lines().findFirst().orElseThrow());
  }

  private static String shortened(String message) {
    return message.length() <= MOST_SAID ? message : message.substring(0, MOST_SAID) + "…";
  }
}
