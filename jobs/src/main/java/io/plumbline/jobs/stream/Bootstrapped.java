package io.plumbline.jobs.stream;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.jobs.kafka.LogStart;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * What lies beside a savepoint that was made of a lake, as {@code _plumbline.json}: where in the
 * logs a job goes on that starts from it. Once the job has state of its own, that says so.
 *
 * @param product version that made it
 * @param fingerprint of the definitions
 * @param untilMs what was ingested after it is not in the savepoint, epoch ms
 * @param knowledgeTime of the savepoint, epoch ms
 * @param cuts of each source, by name
 * @param keys how many hashes of keys each entity has state of
 */
public record Bootstrapped(
    String product,
    String fingerprint,
    long untilMs,
    long knowledgeTime,
    Map<String, Cut> cuts,
    Map<String, Long> keys) {
  /** Name of the file in the savepoint's folder. */
  public static final String FILE = "_plumbline.json";

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Where a source's log is cut.
   *
   * @param topic that the offsets are of
   * @param offsets by partition: the first that is not in the savepoint; partitions that are not
   *     named are not in it at all
   * @param records of the lake that were read
   * @param rejected of these, how many by reason
   */
  public record Cut(
      String topic, Map<Integer, Long> offsets, long records, Map<String, Long> rejected) {
    public Cut {
      offsets = new TreeMap<>(offsets);
      rejected = new TreeMap<>(rejected);
    }
  }

  public Bootstrapped {
    cuts = new LinkedHashMap<>(cuts);
    keys = new TreeMap<>(keys);
  }

  /**
   * What lies beside a savepoint; empty if nothing does.
   *
   * @param savepoint path or URL
   * @throws UserError if it cannot be read
   */
  public static Optional<Bootstrapped> beside(String savepoint) {
    Path folder = new Path(savepoint);
    Path file = new Path(folder.getName().equals("_metadata") ? folder.getParent() : folder, FILE);
    try {
      FileSystem files = file.getFileSystem();
      if (!files.exists(file)) {
        return Optional.empty();
      }
      try (InputStream in = files.open(file)) {
        return Optional.of(read(JSON.readTree(in)));
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw UserError.invalid(file + ": is damaged; make the savepoint again by bootstrap", e);
    } catch (IOException e) {
      throw UserError.invalid("--from: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Bootstrapped read(JsonNode json) {
    if (json.path("version").asInt() != VERSION) {
      throw new IllegalArgumentException("version " + json.path("version"));
    }
    Map<String, Cut> cuts = new LinkedHashMap<>();
    json.required("sources")
        .fields()
        .forEachRemaining(
            source -> {
              JsonNode cut = source.getValue();
              Map<Integer, Long> offsets = new TreeMap<>();
              numbers(cut.required("cut")).forEach((p, o) -> offsets.put(Integer.valueOf(p), o));
              cuts.put(
                  source.getKey(),
                  new Cut(
                      cut.required("topic").textValue(),
                      offsets,
                      cut.required("records").longValue(),
                      numbers(cut.required("rejected"))));
            });
    return new Bootstrapped(
        json.required("product").textValue(),
        json.required("definitions").textValue(),
        json.required("until").longValue(),
        json.required("knowledge_time").longValue(),
        cuts,
        numbers(json.required("keys")));
  }

  private static Map<String, Long> numbers(JsonNode json) {
    Map<String, Long> numbers = new TreeMap<>();
    json.fields()
        .forEachRemaining(
            field -> {
              if (!field.getValue().canConvertToLong()) {
                throw new IllegalArgumentException(field.getKey() + " is no number");
              }
              numbers.put(field.getKey(), field.getValue().longValue());
            });
    return numbers;
  }

  /** Writes the file into a savepoint's folder. */
  public void write(java.nio.file.Path folder) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("version", VERSION).put("product", product).put("definitions", fingerprint);
    json.put("until", untilMs).put("knowledge_time", knowledgeTime);
    ObjectNode sources = json.putObject("sources");
    cuts.forEach(
        (source, cut) -> {
          ObjectNode entry = sources.putObject(source).put("topic", cut.topic);
          ObjectNode offsets = entry.putObject("cut");
          cut.offsets.forEach((partition, offset) -> offsets.put("" + partition, offset));
          entry.put("records", cut.records);
          cut.rejected.forEach(entry.putObject("rejected")::put);
        });
    keys.forEach(json.putObject("keys")::put);
    Files.writeString(
        folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }

  /** Where to read each source from. */
  Map<String, LogStart.Cut> starts() {
    Map<String, LogStart.Cut> starts = new LinkedHashMap<>();
    cuts.forEach((source, cut) -> starts.put(source, new LogStart.Cut(cut.offsets)));
    return starts;
  }
}
