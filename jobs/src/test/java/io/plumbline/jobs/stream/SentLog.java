package io.plumbline.jobs.stream;

import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.RecordKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Generated records in the topics of their sources, at the times that the generator gives them, and
 * the same records for a lake.
 */
final class SentLog {
  private final Servers servers;
  private final Map<String, Source> sources = new HashMap<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private final Map<String, ByteArrayOutputStream> files = new HashMap<>();
  private final List<GeneratedRecord> records = new ArrayList<>();
  private long last = Long.MIN_VALUE;

  /** Creates the topics. */
  SentLog(Servers servers, List<Source> all, int partitions) {
    this.servers = servers;
    for (Source source : all) {
      servers.kafka().createTopic(source.topic(), partitions, Servers.CREATE_TIME);
      sources.put(source.name(), source);
      files.put(source.name(), new ByteArrayOutputStream());
    }
  }

  void send(GeneratedRecord record) {
    String topic = sources.get(record.source()).topic();
    servers.send(topic, record.partition(), record.ingestedAt(), record.payload());
    long offset = offsets.merge(topic + " " + record.partition(), 1L, Long::sum) - 1;
    ByteArrayOutputStream file = files.get(record.source());
    if (record.kind() == RecordKind.BROKEN_JSON) {
      file.writeBytes(record.payload());
    } else {
      file.write(record.payload(), 0, record.payload().length - 1);
      String place =
          String.format(
              ",\"_ingested_at\":%d,\"_partition\":%d,\"_offset\":%d}",
              record.ingestedAt(), record.partition(), offset);
      file.writeBytes(place.getBytes(StandardCharsets.US_ASCII));
    }
    file.write('\n');
    records.add(record);
    last = Math.max(last, record.ingestedAt());
  }

  /** Everything that was sent. */
  List<GeneratedRecord> records() {
    return records;
  }

  /** The latest time of all records, epoch ms. */
  long last() {
    return last;
  }

  /** The records of each source as lines, with their places in the log. */
  Map<String, List<String>> lines() {
    Map<String, List<String>> lines = new HashMap<>();
    files.forEach(
        (source, file) ->
            lines.put(source, file.toString(StandardCharsets.UTF_8).lines().toList()));
    return lines;
  }

  /** Imports all records. */
  Path importInto(Path lake, Path definitions, Path temporary) throws IOException {
    for (Map.Entry<String, ByteArrayOutputStream> source : files.entrySet()) {
      Path file = temporary.resolve(source.getKey() + ".jsonl");
      Files.write(file, source.getValue().toByteArray());
      String[] call = {
        "import",
        "--defs",
        definitions.toString(),
        "--source",
        source.getKey(),
        "--input",
        file.toString(),
        "--lake",
        lake.toString(),
        "--rejects",
        file + ".rejects"
      };
      if (Plumbline.commandLine().execute(call) != 0) {
        throw new AssertionError("import of " + source.getKey() + " failed");
      }
    }
    return lake;
  }
}
