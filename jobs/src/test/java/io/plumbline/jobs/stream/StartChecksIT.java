package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.FakeRegistry;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is looked at before a job starts: who made a mistake is told so at once, and what to do. */
class StartChecksIT {
  private static final String TOPIC = "clicks";

  private static Servers servers;
  private static FakeRegistry registry;
  private static LocalRedis guarded;
  private static int nobody;

  @TempDir static Path folder;

  /** The two jobs, and the options that each has beside those of both. */
  private enum Job {
    STREAM("stream"),
    ARCHIVE("archive");

    private final String verb;

    Job(String verb) {
      this.verb = verb;
    }

    Map<String, String> options() {
      Map<String, String> options = new LinkedHashMap<>();
      options.put("--defs", folder.resolve("defs").toString());
      options.put("--brokers", servers.kafka().bootstrap());
      options.put("--parallelism", "1");
      switch (this) {
        case STREAM -> options.put("--redis", servers.redis().uri());
        case ARCHIVE -> options.put("--lake", folder.resolve("lake").toString());
      }
      return options;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    servers = Servers.start(folder.resolve("servers"));
    registry = new FakeRegistry();
    Clicks.createTopic(servers, TOPIC);
    nobody = LocalRedis.freePort();
    guarded = LocalRedis.in(folder.resolve("servers/redis")).option("requirepass", "hush").start();
    Path definitions = Clicks.write(folder.resolve("defs"), TOPIC, Clicks.EVER);
    Clicks.write(folder.resolve("elsewhere"), "clacks", Clicks.EVER);
    String yaml = Files.readString(definitions.resolve("clicks.yaml"));
    change(yaml, "untimed", "ingested_at: record", "ingested_at: log");
    change(yaml, "registered", "encoding: json", "encoding: confluent-avro");
  }

  private static void change(String yaml, String name, String from, String to) throws IOException {
    Path changed = Clicks.write(folder.resolve(name), TOPIC, Clicks.EVER);
    Files.writeString(changed.resolve("clicks.yaml"), yaml.replace(from, to));
  }

  @AfterAll
  static void stop() {
    guarded.close();
    registry.close();
    servers.close();
  }

  @ParameterizedTest
  @EnumSource
  void topics(Job job) {
    refuses(job, definitions("elsewhere"), "there is no topic clacks on Kafka at", "create it");
    refuses(
        job,
        definitions("untimed"),
        "topic clicks",
        "CreateTime",
        "ingested_at: log",
        "LogAppendTime");
  }

  @ParameterizedTest
  @EnumSource
  void registries(Job job) {
    String wrong = registry.settings().url() + "/elsewhere";
    refuses(
        job,
        registered(wrong),
        "schema registry at " + wrong + ": it answers 404 to /subjects",
        "correct --schema-registry");
  }

  /** Each is waited for, all of them at the same time. */
  @Test
  void nobodyIsThere() {
    String place = "127.0.0.1:" + nobody;
    String registry = "http://" + place;
    List<CompletableFuture<Void>> all =
        List.of(
            refusesMeanwhile(
                Job.STREAM,
                Map.of("--brokers", place),
                "Kafka at " + place + " did not answer within 10",
                "check the address"),
            refusesMeanwhile(
                Job.STREAM,
                Map.of("--redis", "redis://" + place),
                "Redis at redis://" + place + ": it cannot be reached",
                "correct --redis"),
            refusesMeanwhile(
                Job.ARCHIVE,
                registered(registry),
                "schema registry at " + registry,
                "correct --schema-registry"));
    all.forEach(CompletableFuture::join);
  }

  private static CompletableFuture<Void> refusesMeanwhile(
      Job job, Map<String, String> options, String... saying) {
    return CompletableFuture.runAsync(
        () -> refuses(job, options, saying), work -> new Thread(work, job.verb).start());
  }

  private static Map<String, String> registered(String url) {
    return Map.of("--defs", folder.resolve("registered").toString(), "--schema-registry", url);
  }

  @Test
  void passwords() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "shush");
    refuses(
        Job.STREAM,
        Map.of("--redis", guarded.uri(), "--redis-password-file", password.toString()),
        guarded.uri() + ": it does not accept user and password",
        "correct --redis-user and the password's file");
  }

  @ParameterizedTest
  @EnumSource
  void ports(Job job) throws Exception {
    String cluster = "127.0.0.1:" + nobody;
    refuses(
        job,
        Map.of("--cluster", cluster),
        "--cluster " + cluster + ": no Flink cluster can be reached there",
        "correct the address");
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      refuses(
          job,
          Map.of("--web-port", port),
          "--web-port " + port + ": cannot listen there",
          "name a free port");
    }
  }

  @ParameterizedTest
  @EnumSource
  void folders(Job job) throws Exception {
    refuses(
        job,
        Map.of("--checkpoints", "foo://bar/c"),
        "--checkpoints foo://bar/c: this process knows no such file system",
        "name a folder");
    refuses(job, Map.of("--from", "foo://bar/c"), "--from", "foo", "file system");
    Path file = Files.writeString(folder.resolve("file"), "");
    String below = file.resolve("checkpoints").toString();
    refuses(
        job,
        Map.of("--checkpoints", below),
        "--checkpoints " + below + ": cannot be written",
        "name another folder");
  }

  @Test
  void numbers() {
    Verb verb = call(Job.STREAM, Map.of("--rejected-kept", "-1"));
    assertThat(verb).isEqualTo(new Verb(2, "", "--rejected-kept is -1; write 0 or more\n"));
  }

  private static Map<String, String> definitions(String name) {
    return Map.of("--defs", folder.resolve(name).toString());
  }

  /** Says so, with the value that is wrong and what would be right, and without a trace. */
  private static void refuses(Job job, Map<String, String> options, String... saying) {
    Verb verb = call(job, options);
    assertThat(verb.err()).as(() -> job.verb + options).contains(saying).doesNotContain("\tat ");
    assertThat(verb.exit()).as(verb.err()).isEqualTo(1);
  }

  private static Verb call(Job job, Map<String, String> options) {
    Map<String, String> all = job.options();
    all.putAll(options);
    List<String> arguments = new ArrayList<>(List.of(job.verb));
    all.forEach((option, value) -> arguments.addAll(List.of(option, value)));
    try {
      return Verb.call(arguments.toArray(String[]::new));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
