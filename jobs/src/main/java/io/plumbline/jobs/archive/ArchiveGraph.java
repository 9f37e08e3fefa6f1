package io.plumbline.jobs.archive;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Source;
import io.plumbline.jobs.kafka.LogRecord;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The archive's Flink job: for each source its log, the tasks that write it into the lake, and one
 * that says up to when the lake is complete.
 */
public final class ArchiveGraph {
  private final ArchiveRequest request;
  private final DefinitionBundle definitions;
  private final List<Source> sources;

  /** Where records come from. */
  public interface Logs {
    /**
     * Looks at the logs of sources, and at others that are to be there.
     *
     * @throws io.plumbline.UserError if one cannot be read
     */
    void check(Collection<Source> sources, Collection<String> others);

    /**
     * A source's records: ingestion times as timestamps, or where a record has none, any; knowledge
     * time as watermarks.
     */
    DataStream<LogRecord> records(StreamExecutionEnvironment env, Source source);

    /** What decodes their values. */
    DecoderFactory decoders(Source source);
  }

  ArchiveGraph(ArchiveRequest request, DefinitionBundle definitions, List<Source> sources) {
    this.request = request;
    this.definitions = definitions;
    this.sources = List.copyOf(sources);
  }

  /** Adds the job to an environment. */
  void define(StreamExecutionEnvironment env, Logs logs) {
    String run = UUID.randomUUID().toString();
    for (Source source : sources) {
      String name = source.name();
      DataStream<LogRecord> records = logs.records(env, source);
      records
          .forward()
          .transform(
              "archive of " + name,
              Types.BOOLEAN,
              new LakeArchive(request, definitions, name, logs.decoders(source), run))
          .setParallelism(records.getParallelism())
          .uid("archive-" + name)
          .transform(
              "completeness of " + name,
              Types.BOOLEAN,
              new CompletenessWriter(request.lake(), name, run))
          .setParallelism(1)
          .disableChaining()
          .uid("completeness-" + name);
    }
  }
}
