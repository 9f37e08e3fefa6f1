package io.plumbline.jobs.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.admission.RejectionCounts;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationFile;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.pipeline.FeatureFinisher;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import io.plumbline.jobs.pipeline.ObservationKeys;
import io.plumbline.jobs.table.FeatureColumn;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.jobs.table.TablePartWriter;
import io.plumbline.jobs.table.TableSchema;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.TimelinePlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A case as a live job: its events and observations arrive from a log, as-known. */
final class LiveJob {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeInformation<Arrival> ARRIVAL = TypeInformation.of(Arrival.class);

  private final FeatureSet set;
  private final ObservationFile observations;
  private final ArrayList<Arrival> arrivals;

  /**
   * @param seed of the order of arrivals
   */
  LiveJob(ConformanceCase one, long seed) throws IOException {
    DefinitionBundle bundle = DefinitionBundle.read(one.definitions());
    List<String> features =
        DefinitionLoader.load(one.definitions()).features().stream().map(Feature::id).toList();
    set = new FeatureSet(bundle, features, Knowledge.AS_KNOWN);
    observations =
        ObservationFile.open(
            one.observations(),
            new ObservationOptions("at", ObservationKeys.columns(set.plans()), List.of()));
    LiveLog log = new LiveLog(seed);
    for (String source : set.plans().sources()) {
      log.events(set.plans().definitions().source(source), one.events(source));
    }
    arrivals = new ArrayList<>(log.observations(questions()).arrivals());
  }

  private List<Arrival> questions() throws IOException {
    List<Arrival> questions = new ArrayList<>();
    for (Observation observation : observations.sortedByTime()) {
      List<String> keys = new ArrayList<>();
      int from = 0;
      for (TimelinePlan plan : set.plans().entities()) {
        int to = from + set.plans().definitions().entity(plan.entity()).keys().size();
        keys.add(EntityKey.of(Arrays.copyOfRange(observation.keys(), from, to)));
        from = to;
      }
      Asked asked =
          new Asked(
              observation.row(),
              observation.at(),
              keys.toArray(String[]::new),
              observation.payload());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      FlowType.asked(set).serializer().serialize(asked, new DataOutputViewStreamWrapper(bytes));
      questions.add(
          new Arrival(
              LiveLog.OBSERVATIONS,
              bytes.toByteArray(),
              0,
              observation.row(),
              observation.at(),
              Long.MIN_VALUE));
    }
    return questions;
  }

  /** Events and observations together. */
  int arrivals() {
    return arrivals.size();
  }

  List<String> entities() {
    return set.plans().entities().stream().map(TimelinePlan::entity).toList();
  }

  /**
   * Starts the job.
   *
   * @param configuration of the environment: state backend, savepoint to start from
   * @param pace how fast the log is read
   */
  JobClient start(int parallelism, Configuration configuration, RateLimiterStrategy<?> pace)
      throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    strict.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(strict);
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.setParallelism(parallelism);
    env.setBufferTimeout(0);
    DataStream<Arrival> log = log(env, pace);
    Map<String, DataStream<Admitted>> admitted = new HashMap<>();
    for (String source : set.plans().sources()) {
      admitted.put(
          source,
          only(log, source)
              .process(new LiveStreams.Events(set, source))
              .returns(FlowType.admitted(set, source))
              .uid(Uids.intake(source)));
    }
    DataStream<Asked> asked =
        only(log, LiveLog.OBSERVATIONS)
            .process(new LiveStreams.Observations(set))
            .returns(FlowType.asked(set))
            .uid(Uids.observations());
    new FeaturePipeline(set, Exchange.streaming())
        .answers(admitted, asked)
        .process(new LiveStreams.Record(set))
        .returns(Types.BOOLEAN)
        .uid(Uids.table());
    return env.executeAsync("live");
  }

  private DataStream<Arrival> log(StreamExecutionEnvironment env, RateLimiterStrategy<?> pace) {
    ArrayList<Arrival> records = arrivals;
    WatermarkStrategy<Arrival> knowledge =
        WatermarkStrategy.<Arrival>forGenerator(context -> new Passed())
            .withTimestampAssigner((arrival, none) -> arrival.at());
    DataGeneratorSource<Arrival> source =
        new DataGeneratorSource<>(
            position -> records.get(position.intValue()), records.size(), pace, ARRIVAL);
    return env.fromSource(source, knowledge, "log").setParallelism(1).uid("log");
  }

  private static DataStream<Arrival> only(DataStream<Arrival> log, String stream) {
    SingleOutputStreamOperator<Arrival> filtered =
        log.filter(arrival -> arrival.stream().equals(stream)).setParallelism(1);
    return filtered.uid("only-" + stream).rebalance();
  }

  /** Says with each arrival what has passed. */
  private static final class Passed implements WatermarkGenerator<Arrival> {
    @Override
    public void onEvent(Arrival arrival, long timestamp, WatermarkOutput output) {
      output.emitWatermark(new Watermark(arrival.passed()));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  /** The finished rows of answers that a job has taken down, by their {@code row}. */
  List<JsonNode> rows(List<Map<String, Object>> accumulators) throws IOException {
    FeatureFinisher finisher = new FeatureFinisher(set.plans());
    List<FeatureColumn> columns = FeatureFinisher.columns(set.plans());
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    TablePartWriter writer =
        TablePartWriter.create(
            TableFormat.JSON_LINES, new TableSchema(observations.codec(), columns), table);
    for (Map<String, Object> result : accumulators) {
      for (Object bytes : (List<?>) result.getOrDefault(LiveStreams.Record.ANSWERS, List.of())) {
        Answered answered =
            FlowType.answered(set)
                .serializer()
                .deserialize(new DataInputDeserializer((byte[]) bytes));
        writer.write(answered.payload(), finisher.finish(answered.values()));
      }
    }
    writer.finish();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : table.toString(StandardCharsets.UTF_8).lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    rows.sort(Comparator.comparingLong(r -> r.get("row").asLong()));
    return rows;
  }

  /** Rejections of a job's runs together, without zeros. */
  Map<String, Map<String, Long>> rejected(List<Map<String, Object>> accumulators) {
    Map<String, Map<String, Long>> rejected = new TreeMap<>();
    for (String source : set.plans().sources()) {
      Map<String, Long> counts = new TreeMap<>();
      for (Map<String, Object> run : accumulators) {
        RejectionCounts.of(source, run).forEach((reason, n) -> counts.merge(reason, n, Long::sum));
      }
      rejected.put(source, counts);
    }
    return rejected;
  }
}
