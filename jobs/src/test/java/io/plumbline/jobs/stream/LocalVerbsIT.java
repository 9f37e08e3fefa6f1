package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that bring servers of their own, in processes of their own that are told to end. */
class LocalVerbsIT {
  private static final Path HOME = Path.of("../feature-defs");
  private static final Path PAYMENTS = HOME.resolve("sets/payments");

  @TempDir Path folder;

  @Test
  void devHasTopicsAndServersUntilItIsStopped() throws Exception {
    List<String> temporary = List.of("-Djava.io.tmpdir=" + folder);
    Source source = DefinitionLoader.load(PAYMENTS).sources().get(0);
    try (VerbProcess dev =
        new VerbProcess(
            folder.resolve("dev.out"),
            temporary,
            words(
                "dev --partitions 3 --kafka-port 0 --redis-port 0 --topic asked --defs",
                PAYMENTS))) {
      dev.awaitSaid("ready; stop with Ctrl-C");
      String brokers = dev.awaitSaid("kafka  (\\S+)");
      String redis = dev.awaitSaid("redis  (\\S+)");
      assertThat(setting(brokers, source.topic(), "message.timestamp.type"))
          .isEqualTo("LogAppendTime");
      assertThat(partitions(brokers, source.topic())).isEqualTo(3);
      assertThat(partitions(brokers, "asked")).isEqualTo(3);
      produceAndConsume(brokers, "asked");
      try (RedisConnection connection = RedisConnection.open(RedisSettings.at(redis))) {
        connection.ask(commands -> commands.set("said", "yes"));
        assertThat(connection.<String>ask(commands -> commands.get("said"))).isEqualTo("yes");
      }
      dev.terminate();
      assertGone(URI.create("kafka://" + brokers));
      assertGone(URI.create(redis));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("plumbline-dev"));
    }
  }

  @Test
  void demoKeepsRunningUntilItIsStopped() throws Exception {
    try (VerbProcess demo =
        new VerbProcess(
            folder.resolve("demo.out"),
            List.of("-Dplumbline.home=" + HOME),
            words("demo --keep --seconds 3 --parallelism 1 --dir", folder.resolve("demo")))) {
      String web = demo.awaitSaid("web UI (http://\\S+)");
      String redis = demo.awaitSaid("redis (redis://\\S+)");
      demo.awaitSaid("running +until stopped with Ctrl-C");
      assertThat(demo.said()).contains("the same     live and from the lake, to the bit");
      assertThat(get(web + "/jobs/overview")).contains("RUNNING");
      assertThat(get(web + "/")).contains("<html");
      demo.terminate();
      assertGone(URI.create(redis));
      assertGone(URI.create(web));
    }
  }

  private static List<String> words(String call, Path last) {
    return Stream.concat(Stream.of(call.split(" ")), Stream.of(last.toString())).toList();
  }

  private static String get(String address) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(address).isEqualTo(200);
    return response.body();
  }

  private static void produceAndConsume(String brokers, String topic) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        TopicReader reader = new TopicReader(brokers, topic)) {
      byte[] value = "a question".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, 1, null, value)).get(30, TimeUnit.SECONDS);
      Await.until("the record", () -> reader.read().size() == 1);
      assertThat(reader.read().get(0).value()).isEqualTo(value);
    }
  }

  private static int partitions(String brokers, String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicDescription description =
          admin
              .describeTopics(List.of(topic))
              .topicNameValues()
              .get(topic)
              .get(30, TimeUnit.SECONDS);
      return description.partitions().size();
    }
  }

  private static String setting(String brokers, String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      return admin
          .describeConfigs(List.of(resource))
          .values()
          .get(resource)
          .get(30, TimeUnit.SECONDS)
          .get(name)
          .value();
    }
  }

  private static void assertGone(URI address) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    assertThatThrownBy(() -> new Socket(loopback, address.getPort()).close())
        .as(address.toString())
        .isInstanceOf(ConnectException.class);
  }
}
