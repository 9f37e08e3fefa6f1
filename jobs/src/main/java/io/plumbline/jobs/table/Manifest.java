package io.plumbline.jobs.table;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plumbline.UserError;
import io.plumbline.jobs.observations.ObservationSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training table was made of and what it looks like: {@code manifest.json} beside its parts.
 * Fields are in the order given here, their names in snake case; all times are ISO-8601 UTC unless
 * they are called milliseconds.
 *
 * @param productVersion of the software that made the table
 * @param createdAt when
 * @param definitions from which features were computed
 * @param service the model that the table is for; null if it has all features
 * @param features the columns that they became, in order
 * @param knowledge {@code as-known} or {@code hindsight}
 * @param runtime {@code batch} or {@code streaming}
 * @param observations the rows
 * @param lake what was read of each source
 * @param rows in the table, as many as observations
 * @param rejected for each source the number of records by reason, of those in the files read; only
 *     reasons that occurred
 * @param contentHash of the rows in any order, see {@link RowHash}: equal tables have equal ones
 * @param columns profiles by column, in the table's order
 */
public record Manifest(
    String productVersion,
    String createdAt,
    DefinitionSet definitions,
    String service,
    List<FeatureEntry> features,
    String knowledge,
    String runtime,
    ObservationEntry observations,
    Map<String, SourceFiles> lake,
    long rows,
    Map<String, Map<String, Long>> rejected,
    String contentHash,
    Map<String, ColumnProfile> columns) {

  public Manifest {
    lake = new TreeMap<>(lake);
    rejected = new TreeMap<>(rejected);
    rejected.replaceAll((source, reasons) -> new TreeMap<>(reasons));
  }

  /** Its name in a snapshot's folder. */
  public static final String FILE_NAME = "manifest.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * @param fingerprint of their meaning, in hex
   * @param files content of each file by its path in the definitions' folder
   */
  public record DefinitionSet(String fingerprint, Map<String, String> files) {
    public DefinitionSet {
      files = new TreeMap<>(files);
    }
  }

  /**
   * @param column in the table
   * @param id e.g. {@code spend_1h:v2}
   * @param type e.g. {@code list<double>}
   * @param defaultValue JSON null for null; called {@code default} in the file
   */
  public record FeatureEntry(
      String column, String id, String type, @JsonProperty("default") JsonNode defaultValue) {

    /** The entry of a column. */
    public static FeatureEntry of(FeatureColumn column) {
      return new FeatureEntry(
          column.name(),
          column.id(),
          column.type().toString(),
          JSON.valueToTree(column.defaultValue()));
    }
  }

  /**
   * @param path as given
   * @param sha256 of the file, in hex
   * @param from earliest observation
   * @param to latest observation
   */
  public record ObservationEntry(String path, String sha256, long rows, String from, String to) {

    /** The entry of a file. */
    public static ObservationEntry of(ObservationSummary summary) {
      return new ObservationEntry(
          summary.path(),
          summary.sha256(),
          summary.rows(),
          Instant.ofEpochMilli(summary.minAt()).toString(),
          Instant.ofEpochMilli(summary.maxAt()).toString());
    }
  }

  /**
   * @param ingestedFrom earliest {@code _ingested_at} of all files' records; null if there are none
   * @param ingestedTo latest {@code _ingested_at}; null if there are none
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record SourceFiles(String ingestedFrom, String ingestedTo, List<LakeFile> files) {}

  /**
   * @param path relative to the lake
   * @param bytes its size
   */
  public record LakeFile(String path, long rows, long bytes) {}

  /** The manifest as JSON. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest is always JSON", e);
    }
  }

  /**
   * Reads the manifest of a snapshot.
   *
   * @param snapshot its folder
   * @throws UserError if there is none or it is none
   */
  public static Manifest read(Path snapshot) {
    Path file = snapshot.resolve(FILE_NAME);
    try {
      return JSON.readValue(Files.readString(file), Manifest.class);
    } catch (NoSuchFileException e) {
      throw UserError.wrongCall(
          file + ": there is no such file; name a training table's snapshot folder");
    } catch (JsonProcessingException e) {
      throw UserError.invalid(file + ": is not a manifest: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw UserError.invalid(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
