package io.plumbline.jobs.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Up to when a source's part of the lake has everything.
 *
 * @param knowledgeTimeMs every record ingested until then is there, epoch milliseconds; {@link
 *     Long#MAX_VALUE} for an imported source, which is complete for ever
 */
public record Completeness(long knowledgeTimeMs) {
  private static final String FILE = "_complete.json";
  private static final String FIELD = "knowledge_time";

  /** Reads {@code <lake>/<source>/_complete.json}, which an archive publishes. */
  public static Completeness of(Path lake, String source) {
    Path path = LakeLayout.records(lake, source).resolve(FILE);
    JsonNode time;
    try {
      time = new ObjectMapper().readTree(Files.readAllBytes(path)).path(FIELD);
    } catch (NoSuchFileException e) {
      return new Completeness(Long.MAX_VALUE);
    } catch (IOException e) {
      throw invalid(path, e);
    }
    if (!time.isIntegralNumber() || !time.canConvertToLong()) {
      throw invalid(path, null);
    }
    return new Completeness(time.longValue());
  }

  /** Whether an archive has ever said up to when the source is complete. */
  public static boolean isPublished(Path lake, String source) {
    return Files.exists(LakeLayout.records(lake, source).resolve(FILE));
  }

  /** Replaces what is published, in one step. */
  public void publish(Path lake, String source) throws IOException {
    Path folder = Files.createDirectories(LakeLayout.records(lake, source));
    Path temporary = folder.resolve("." + FILE);
    Files.writeString(temporary, "{\"" + FIELD + "\": " + knowledgeTimeMs + "}\n");
    force(temporary);
    Files.move(
        temporary,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    force(folder);
  }

  /** Otherwise the name could survive a loss of power, and what it names not. */
  private static void force(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      file.force(true);
    }
  }

  private static UserError invalid(Path path, IOException cause) {
    return UserError.invalid(
        path + ": must be {\"" + FIELD + "\": <epoch milliseconds>}; the archive writes it", cause);
  }
}
