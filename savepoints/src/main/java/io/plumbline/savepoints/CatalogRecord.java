package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.stream.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorState;

/**
 * What a catalog knows of a savepoint. Times are ISO-8601, UTC.
 *
 * @param id in the catalog
 * @param path absolute, of its folder
 * @param takenAt when it was complete
 * @param takenBy who asked for it
 * @param why in their words
 * @param job that it was taken of
 * @param flinkVersion of the cluster
 * @param definitions under which its state was written
 * @param knowledgeTime what knowledge time had passed; null if it had not begun
 * @param offsets where in Kafka the job goes on
 * @param operators their uids
 * @param stateBytes size of all state
 * @param launch how the job was started; null if it does not say
 */
public record CatalogRecord(
    String id,
    String path,
    String takenAt,
    String takenBy,
    String why,
    Job job,
    String flinkVersion,
    DefinitionSet definitions,
    String knowledgeTime,
    List<LogPosition> offsets,
    List<String> operators,
    long stateBytes,
    Launch launch) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * A job.
   *
   * @param id Flink's
   * @param productVersion of the software that it runs; null if it does not say
   * @param generation of its writes to Redis; null if it does not say
   */
  public record Job(String id, String name, String productVersion, Long generation) {}

  /**
   * @param fingerprint of their meaning, in hex
   * @param features ids
   * @param files content of each file by its path in the definitions' folder
   */
  public record DefinitionSet(
      String fingerprint, List<String> features, SortedMap<String, String> files) {}

  /**
   * How a job was started.
   *
   * @param jar that it runs, where it is kept: absolute; null if it could not be had
   * @param jarSha256 of it, in hex
   * @param arguments the verb and its arguments
   * @param parallelism of tasks; null if the cluster does not say
   */
  public record Launch(String jar, String jarSha256, List<String> arguments, Integer parallelism) {}

  /** What nobody but the one who takes a savepoint can say of it. */
  record Taken(
      String id,
      String takenAt,
      String takenBy,
      String why,
      Job job,
      String flinkVersion,
      Launch launch) {}

  /** Describes a savepoint by what is in it. */
  static CatalogRecord of(Savepoint savepoint, Taken taken) {
    FeatureSet set = savepoint.set();
    return new CatalogRecord(
        taken.id,
        savepoint.path().toAbsolutePath().normalize().toString(),
        taken.takenAt,
        taken.takenBy,
        taken.why,
        taken.job,
        taken.flinkVersion,
        new DefinitionSet(
            set.plans().definitions().fingerprint(),
            set.featureIds(),
            new TreeMap<>(set.bundle().files())),
        Json.time(savepoint.knowledgeTime().orElse(null)),
        savepoint.positions(),
        savepoint.operators().stream().map(Savepoint::nameOf).toList(),
        savepoint.operators().stream().mapToLong(OperatorState::getStateSize).sum(),
        taken.launch);
  }

  /** As {@link #json}. */
  JsonNode tree() {
    return JSON.valueToTree(this);
  }

  /** As it lies in a catalog. */
  byte[] json() {
    try {
      return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads what {@link #json} wrote.
   *
   * @throws IOException if it is something else
   */
  static CatalogRecord read(byte[] json) throws IOException {
    CatalogRecord record = JSON.readValue(json, CatalogRecord.class);
    if (record == null || record.id == null || record.path == null || record.takenAt == null) {
      throw new IOException("it lacks id, path or taken_at");
    }
    return record;
  }
}
