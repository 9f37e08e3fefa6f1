package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.local.SourceTopics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dev}: Kafka and Redis on this machine, for those without containers. */
@Command(
    name = "dev",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a Kafka broker and a Redis server on this machine until it is stopped,",
      "with a topic for each source of the definitions. Data go when it ends, unless --dir is given."
    })
public final class DevCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--defs", description = "folder of definitions whose topics are created")
  private Path definitions;

  @Option(
      names = "--kafka-port",
      defaultValue = "9092",
      description = "on localhost (${DEFAULT-VALUE}); 0 for a free one")
  private int kafkaPort;

  @Option(
      names = "--redis-port",
      defaultValue = "6379",
      description = "on localhost (${DEFAULT-VALUE}); 0 for a free one")
  private int redisPort;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      description = "of each topic (${DEFAULT-VALUE})")
  private int partitions;

  @Option(
      names = "--topic",
      description = "a further topic, such as those of observations and answers; may be repeated")
  private List<String> topics = List.of();

  @Option(names = "--dir", description = "folder for the broker's data, which are kept")
  private Path folder;

  @Override
  public Integer call() throws Exception {
    if (partitions < 1) {
      throw UserError.wrongCall("--partitions is " + partitions + "; write 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    Path place = folder == null ? Files.createTempDirectory("plumbline-dev") : folder;
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch cleaned = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(ended, cleaned), "stop"));
    try (LocalKafka kafka = LocalKafka.start(kafkaPort, place.resolve("kafka"));
        LocalRedis redis = LocalRedis.in(place.resolve("redis")).port(redisPort).start()) {
      if (definitions != null) {
        Definitions loaded = DefinitionLoader.load(definitions);
        for (Source source : loaded.sources()) {
          kafka.createTopicIfMissing(source.topic(), partitions, SourceTopics.settings(source));
          out.printf(
              "topic  %s, %d partitions, source %s%n", source.topic(), partitions, source.name());
        }
      }
      for (String topic : topics) {
        kafka.createTopicIfMissing(topic, partitions, Map.of());
        out.printf("topic  %s, %d partitions%n", topic, partitions);
      }
      out.printf("kafka  %s%nredis  %s%nready; stop with Ctrl-C%n", kafka.bootstrap(), redis.uri());
      out.flush();
      ended.await();
    } finally {
      if (folder == null) {
        deleteAll(place);
      }
      cleaned.countDown();
    }
    return 0;
  }

  /** Lets the command end in order when the process is told to. */
  private static void finish(CountDownLatch ended, CountDownLatch cleaned) {
    ended.countDown();
    try {
      cleaned.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
