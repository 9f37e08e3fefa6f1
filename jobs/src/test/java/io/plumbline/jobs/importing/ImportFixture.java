package io.plumbline.jobs.importing;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.importing.ImportRequest.MalformedRows;
import io.plumbline.jobs.lake.LakeFile;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.lake.LakeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/** A source, a folder to work in, and short ways to import and to read back. */
public final class ImportFixture {
  public static final Schema SCHEMA =
      schema(
          "{'name':'id','type':['null','string'],'default':null},"
              + "{'name':'at','type':{'type':'long','logicalType':'timestamp-millis'}},"
              + "{'name':'amount','type':['null','double'],'default':null}");

  public final Path folder;
  public final Path lake;
  public final Source source;

  public ImportFixture(Path folder) {
    this(folder, SCHEMA);
  }

  public ImportFixture(Path folder, Schema schema) {
    this.folder = folder;
    lake = folder.resolve("lake");
    source =
        new Source(
            "pay",
            schema,
            "pay",
            Source.Encoding.JSON,
            "at",
            new Source.IngestedAt.Log(),
            1_000,
            schema.getField("id") == null ? Optional.empty() : Optional.of("id"),
            600_000,
            5_000);
  }

  public static Schema schema(String fields) {
    String json = "{'type':'record','name':'Pay','fields':[" + fields + "]}";
    return new Schema.Parser().parse(json.replace('\'', '"'));
  }

  public Path file(String name, String... lines) {
    try {
      return Files.write(folder.resolve(name), List.of(lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ImportSummary load(Path... inputs) {
    return run(request(Optional.empty(), TimeText.ISO, MalformedRows.SET_ASIDE, inputs));
  }

  public ImportSummary load(String ingestedAt, TimeText times, Path... inputs) {
    return run(request(Optional.of(ingestedAt), times, MalformedRows.SET_ASIDE, inputs));
  }

  public ImportRequest request(
      Optional<String> ingestedAt, TimeText times, MalformedRows malformed, Path... inputs) {
    return new ImportRequest(
        source,
        List.of(inputs),
        Optional.empty(),
        lake,
        ingestedAt,
        times,
        malformed,
        folder.resolve("rejects.jsonl"));
  }

  public static ImportSummary run(ImportRequest request) {
    return run(request, LocalOutputFile::new);
  }

  public static ImportSummary run(ImportRequest request, Function<Path, OutputFile> outputs) {
    return new Importer(request, new PrintStream(new ByteArrayOutputStream()), outputs).run();
  }

  /**
   * Events with their positions, in the order of the plan: {@code {json} @time partition:offset}.
   */
  public List<String> events() {
    return events(source.schema());
  }

  public List<String> events(Schema schema) {
    Source reading =
        new Source(
            source.name(),
            schema,
            source.topic(),
            source.encoding(),
            source.eventTime(),
            source.ingestedAt(),
            source.logDisorderMs(),
            source.eventId(),
            source.latenessMs(),
            source.maxClockSkewMs());
    Set<String> fields =
        schema.getFields().stream().map(Schema.Field::name).collect(Collectors.toSet());
    List<String> events = new ArrayList<>();
    for (LakeFile file : LakePlan.all(lake, reading).files()) {
      try (LakeReader reader = LakeReader.open(file.path(), schema, fields)) {
        while (reader.next()) {
          events.add(
              reader.event()
                  + " @"
                  + reader.ingestedAt()
                  + " "
                  + reader.partition()
                  + ":"
                  + reader.offset());
        }
      }
    }
    return events;
  }

  /** Every file under the lake but for locks and counts, relative to it. */
  public Set<String> files() {
    if (!Files.exists(lake)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.walk(lake)) {
      return all.filter(Files::isRegularFile)
          .map(path -> lake.relativize(path).toString())
          .filter(name -> !name.endsWith("_import.lock") && !name.endsWith("_imported.json"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
