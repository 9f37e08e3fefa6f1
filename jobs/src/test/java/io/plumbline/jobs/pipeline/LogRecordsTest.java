package io.plumbline.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.time.Knowledge;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records whose ingestion time is in a field. */
class LogRecordsTest {
  /** What the topic's reader took for the ingestion time: that of the log. */
  private static final long OF_THE_LOG = 9_000_000;

  private static final FeatureSet SET =
      new FeatureSet(
          new DefinitionBundle(
              Map.of(
                  "visit.avsc",
                  """
                  {"type": "record", "name": "Visit", "fields": [
                    {"name": "at", "type": "long"},
                    {"name": "logged_at", "type": "long"},
                    {"name": "user_id", "type": "string"}]}
                  """,
                  "features.yaml",
                  """
                  sources:
                    - {name: visit, schema: visit.avsc, topic: visits, encoding: json, event_time: at,
                       ingested_at: logged_at, lateness: 1m}
                  entities:
                    - {name: user, keys: [user_id]}
                  features:
                    - {name: visits, version: 1, entity: user, source: visit, aggregate: count,
                       window: {tumbling: 1h}}
                  """)),
          List.of("visits:v1"),
          Knowledge.AS_KNOWN);

  private OneInputStreamOperatorTestHarness<LogRecord, Admitted> harness;

  @BeforeEach
  void start() throws Exception {
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new LogRecords(SET, "visit", RegistrySettings.none()));
    harness.open();
  }

  @AfterEach
  void stop() throws Exception {
    harness.close();
  }

  private void take(String value) throws Exception {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    harness.processElement(new LogRecord("visits", 0, 7, OF_THE_LOG, bytes), OF_THE_LOG);
  }

  private Rejected rejected() {
    return harness.getSideOutput(LogRecords.REJECTED).poll().getValue();
  }

  @Test
  void areKnownFromWhatTheFieldSays() throws Exception {
    take("{\"at\": 100000, \"logged_at\": 100500, \"user_id\": \"ann\"}");
    StreamRecord<? extends Admitted> out = harness.getRecordOutput().iterator().next();
    assertThat(out.getValue().moment().ingestedAt()).isEqualTo(100_500);
    assertThat(out.getTimestamp()).isEqualTo(100_500);
  }

  @Test
  void areJudgedByIt() throws Exception {
    take("{\"at\": 1, \"logged_at\": 100500, \"user_id\": \"ann\"}");
    Rejected late = rejected();
    assertThat(late.reason()).isEqualTo(Reason.LATE);
    assertThat(late.ingestedAt()).isEqualTo(100_500);
    assertThat(late.eventTime()).isEqualTo(1);
    take("{\"at\": 1, \"user_id\": \"ann\"}");
    Rejected malformed = rejected();
    assertThat(malformed.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(malformed.ingestedAt()).isNull();
    assertThat(harness.getRecordOutput()).isEmpty();
  }
}
