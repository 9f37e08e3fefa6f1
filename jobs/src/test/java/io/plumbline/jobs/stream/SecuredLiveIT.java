package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.local.Certificate;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.local.SecuredKafka;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.PasswordSource;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisRights;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A live job between a broker and a Redis that let only known users in, over TLS. */
class SecuredLiveIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  private static final String TOPIC = "clicks";
  private static final String KAFKA_SECRET = "quietly-said-to-kafka";
  private static final String REDIS_SECRET = "quietly-said-to-redis";
  @TempDir static Path folder;

  @Test
  void valuesArriveAndSecretsStayWhereTheyAre() throws Exception {
    Certificate tls = Certificate.in(folder);
    int port = LocalRedis.freePort();
    try (LocalKafka kafka = SecuredKafka.start(folder.resolve("kafka"), tls, KAFKA_SECRET);
        LocalRedis server = redis(tls, port)) {
      kafka.createTopic(TOPIC, 1, Servers.CREATE_TIME);
      send(kafka, tls);
      RedisSettings settings =
          RedisSettings.at("rediss://localhost:" + port)
              .withUser("job")
              .withPassword(new PasswordSource.InFile(secret("redis", REDIS_SECRET).toString()))
              .withCaFile(tls.certificate().toString());
      KafkaSettings loaded = KafkaSettings.load(kafka.bootstrap(), properties(tls));
      try (LogCapture log = LogCapture.start(Level.INFO)) {
        run(loaded, settings, server);
        assertThat(log.entries()).anyMatch(entry -> entry.contains("sasl.mechanism = PLAIN"));
        assertThat(log.entries()).noneMatch(SecuredLiveIT::tells);
      }
    }
  }

  /** Runs a job until a value has come, and come again to a server that has lost it. */
  private static void run(KafkaSettings kafka, RedisSettings settings, LocalRedis server)
      throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(1);
    env.setMaxParallelism(16);
    Path definitions = Clicks.write(folder.resolve("defs"), TOPIC, Clicks.EVER);
    StreamRequest request =
        new StreamRequest(
            "secured",
            definitions,
            new KafkaLogs(kafka, RegistrySettings.none(), new LogStart.Earliest(), "secured"),
            WriterOptions.of(settings, 1),
            100,
            Optional.empty());
    FeatureSet.Plans plans = Stream.define(request, env).set().plans();
    StreamGraph graph = env.getStreamGraph();
    byte[] shipped = InstantiationUtil.serializeObject(graph.getJobGraph());
    assertThat(tells(new String(shipped, StandardCharsets.ISO_8859_1))).isFalse();
    assertThat(tells(graph.getJobConfiguration() + " " + env.getConfiguration())).isFalse();
    assertThat(tells(request.toString())).isFalse();
    JobClient job = env.executeAsync(graph);
    try (RedisConnection redis = RedisConnection.open(settings)) {
      FeatureStore store = new FeatureStore(redis, plans.definitions());
      Await.until("the value", () -> clicks(store).equals(Optional.of(1L)));
      server.restart();
      Await.until("the value again", () -> clicks(store).equals(Optional.of(1L)));
    } finally {
      job.cancel().get(60, TimeUnit.SECONDS);
    }
  }

  private static Optional<Object> clicks(FeatureStore store) {
    return store.read("user", "u").map(stored -> stored.values().get("clicks_ever:v1"));
  }

  private static boolean tells(String text) {
    return text.contains(KAFKA_SECRET) || text.contains(REDIS_SECRET);
  }

  private static LocalRedis redis(Certificate tls, int port) {
    return LocalRedis.in(folder.resolve("redis"))
        .option("tls-port", Integer.toString(port))
        .option("tls-key-file", tls.key().toString())
        .option("tls-cert-file", tls.certificate().toString())
        .option("tls-ca-cert-file", tls.certificate().toString())
        .option("tls-auth-clients", "no")
        .option("user", RedisRights.of("job", REDIS_SECRET))
        .start();
  }

  private static Path properties(Certificate tls) throws Exception {
    StringBuilder lines = new StringBuilder();
    SecuredKafka.client(tls, "${file:" + secret("kafka", KAFKA_SECRET) + "}")
        .forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    return Files.writeString(folder.resolve("kafka.properties"), lines);
  }

  private static Path secret(String of, String text) throws Exception {
    return Files.writeString(folder.resolve("secret-of-" + of), text + "\n");
  }

  private static void send(LocalKafka kafka, Certificate tls) throws Exception {
    KafkaSettings known =
        new KafkaSettings(kafka.bootstrap(), SecuredKafka.client(tls, KAFKA_SECRET));
    long now = System.currentTimeMillis();
    byte[] click = Clicks.click("c", "u", now).getBytes(StandardCharsets.UTF_8);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            known.client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, 0, now, null, click)).get(30, TimeUnit.SECONDS);
    }
  }
}
