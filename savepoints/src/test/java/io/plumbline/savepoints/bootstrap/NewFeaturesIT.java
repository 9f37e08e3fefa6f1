package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.UserError;
import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Features that have their history out of a lake, and what the log brings afterwards. */
class NewFeaturesIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final String TOPIC = "pays";
  private static final long HALF_HOUR = 1_800_000;

  @TempDir Path folder;
  private final List<String> lake = new ArrayList<>();

  /**
   * The job has read a copy that an earlier one takes the place of; of one partition everything was
   * deleted before anybody read it, and one comes into being later.
   */
  @Test
  void countEachEventOnce() throws Exception {
    Path before = define("before", "", "");
    Path now =
        define(
            "now",
            "  - {name: shop, keys: [shop]}\n",
            """
              - {name: sales, version: 1, entity: shop, source: pay, aggregate: count,
                 window: lifetime}
            """);
    long time = System.currentTimeMillis();
    try (Servers servers = Servers.start(folder.resolve("servers"))) {
      servers.kafka().createTopic(TOPIC, 3, Servers.CREATE_TIME);
      for (int i = 0; i < 5; i++) {
        send(servers, 2, "gone" + i, time, time);
      }
      servers.flush();
      servers.drop(TOPIC, 2, 5);
      lake.clear();
      send(servers, 0, "one", time, time);
      send(servers, 0, "two", time, time + HALF_HOUR);
      servers.flush();
      String savepoint;
      try (LiveJob job = new LiveJob(servers, "before", before)) {
        job.start("hashmap", 1, null, null).awaitWritten(time);
        savepoint = job.stop(folder);
      }
      Path grown = grow(now, Path.of(URI.create(savepoint)));
      addPartition(servers);
      try (LiveJob job = new LiveJob(servers, "now", now)) {
        job.start("hashmap", 1, grown.toUri().toString(), null);
        send(servers, 1, "two", time, time + HALF_HOUR - 1);
        send(servers, 1, "last", time, time + HALF_HOUR, "elsewhere");
        send(servers, 3, "three", time, time + HALF_HOUR);
        send(servers, 3, "last", time, time + HALF_HOUR + 1, "beyond");
        servers.flush();
        Servers.await(
            "what was sent last",
            () ->
                job.store().read("shop", "elsewhere").isPresent()
                    && job.store().read("user", "beyond").isPresent());
        JsonNode kept = inspect(Path.of(URI.create(job.stop(folder))), time + 2 * HALF_HOUR);
        assertThat(kept.get("sales:v1").asLong()).isEqualTo(3);
      }
    }
  }

  private Path define(String name, String entity, String feature) throws IOException {
    Path defs = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        defs.resolve("pay.avsc"),
        """
        {"type": "record", "name": "Pay", "fields": [
          {"name": "id", "type": "string"}, {"name": "user", "type": "string"},
          {"name": "shop", "type": "string"}, {"name": "at", "type": "long"}]}
        """);
    Files.writeString(
        defs.resolve("pay.yaml"),
        """
        sources:
          - {name: pay, schema: pay.avsc, topic: pays, encoding: json, event_time: at,
             event_id: id, ingested_at: record, log_disorder: 200ms, lateness: 2h}
        entities:
          - {name: user, keys: [user]}
        """
            + entity
            + """
            features:
              - {name: pays, version: 1, entity: user, source: pay, aggregate: count,
                 window: lifetime}
            """
            + feature);
    return defs;
  }

  private void send(Servers servers, int partition, String id, long at, long ingestedAt) {
    send(servers, partition, id, at, ingestedAt, "here");
  }

  /** Logs a payment of a user in a shop of the same name; the lake has those of partition 0. */
  private void send(
      Servers servers, int partition, String id, long at, long ingestedAt, String place) {
    String event =
        String.format(
            "{\"id\": \"%s\", \"user\": \"%s\", \"shop\": \"%s\", \"at\": %d",
            id, place, place, at);
    servers.send(TOPIC, partition, ingestedAt, (event + "}").getBytes(StandardCharsets.UTF_8));
    lake.add(
        String.format(
            "%s, \"_ingested_at\": %d, \"_partition\": %d, \"_offset\": %d}",
            event, ingestedAt, partition, lake.size()));
  }

  private Path grow(Path definitions, Path savepoint) throws IOException {
    Path rows = Files.write(folder.resolve("pays.jsonl"), lake);
    Path to = folder.resolve("lake");
    call("import", "--defs", definitions, "--source", "pay", "--input", rows, "--lake", to);
    Path grown = folder.resolve("grown");
    assertThatThrownBy(
            () -> grow(request(definitions, to, savepoint, grown, BootstrapRequest.Holes.REFUSED)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("pay: partition 2, offsets 0 to 4 (it has none at all). Restore");
    grow(request(definitions, to, savepoint, grown, BootstrapRequest.Holes.ACCEPTED));
    return grown;
  }

  private static GrowthRequest request(
      Path definitions, Path lake, Path from, Path out, BootstrapRequest.Holes holes) {
    return new GrowthRequest(definitions, lake, from, out, Set.of(), holes);
  }

  private static void grow(GrowthRequest request) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(2);
    Growth.run(request, env, JobOptions.MAX_PARALLELISM);
  }

  private static void addPartition(Servers servers) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      admin
          .createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(4)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  private static JsonNode inspect(Path savepoint, long at) throws IOException {
    List<Object> call = new ArrayList<>(List.of("savepoint", "inspect", "--path", savepoint));
    call.addAll(List.of("--entity", "shop", "--key", "here", "--json"));
    call.addAll(List.of("--at", Instant.ofEpochMilli(at)));
    return new ObjectMapper().readTree(call(call.toArray())).get("features");
  }

  private static String call(Object... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said, true);
    String[] call = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    assertThat(Plumbline.commandLine().setOut(writer).setErr(writer).execute(call))
        .as("%s", said)
        .isZero();
    return said.toString();
  }
}
