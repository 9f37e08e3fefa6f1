package io.plumbline.jobs.lake;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What a source's imports leave for the next one.
 *
 * @param imports how many were published
 * @param nextOffset first offset of partition -1 that no record has
 */
public record ImportState(long imports, long nextOffset) {
  private static final String FILE = "_imported.json";
  private static final String IMPORTS = "imports";
  private static final String NEXT_OFFSET = "next_offset";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads what the last import left; zeros if there was none.
   *
   * @param source folder of the source's records
   * @throws UserError if it is damaged
   */
  public static ImportState read(Path source) throws IOException {
    Path path = source.resolve(FILE);
    try {
      JsonNode state = JSON.readTree(Files.readAllBytes(path));
      if (state.path(IMPORTS).canConvertToLong() && state.path(NEXT_OFFSET).canConvertToLong()) {
        return new ImportState(state.get(IMPORTS).longValue(), state.get(NEXT_OFFSET).longValue());
      }
    } catch (NoSuchFileException e) {
      return new ImportState(0, 0);
    } catch (JacksonException e) {
      throw damaged(path);
    }
    throw damaged(path);
  }

  /** Replaces the state in one step. */
  public void write(Path source, Path temporary) throws IOException {
    ObjectNode state = JSON.createObjectNode();
    state.put(IMPORTS, imports).put(NEXT_OFFSET, nextOffset);
    Files.write(temporary, JSON.writeValueAsBytes(state));
    Files.move(
        temporary,
        source.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static UserError damaged(Path path) {
    return UserError.invalid(
        path
            + ": must be {\"imports\": <count>, \"next_offset\": <first free offset>}; restore it, or"
            + " write it with the number of imports and the largest _offset of _partition -1 plus"
            + " one");
  }
}
