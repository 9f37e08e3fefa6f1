package io.plumbline.bench.live;

import io.plumbline.bench.Document;
import io.plumbline.bench.Machine;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redis-memory}: what a feature value takes in Redis. */
@Command(
    name = "redis-memory",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lets the live job write the user features of the media set, and says what memory a value",
      "takes: as the job wrote it, with the settings that docs/redis.md recommends, and in the",
      "usual layout of one key for each value."
    })
public final class RedisMemoryBench implements Callable<Integer> {
  private static final String TOPIC = "watch-events";
  private static final long EVENTS_WITHIN_MS = 300_000;
  private static final String[][] RECOMMENDED = {
    {"hash-max-ziplist-entries", "512"}, {"hash-max-ziplist-value", "1024"}
  };

  @Option(names = "--quick", description = "2,000 users: to see that it works")
  private boolean quick;

  @Option(names = "--users", description = "200,000 if not given")
  private Integer users;

  @Option(
      names = "--events-per-user",
      defaultValue = "5",
      description = "on average (${DEFAULT-VALUE})")
  private int eventsPerUser;

  @Option(names = "--parallelism", defaultValue = "2", description = "(${DEFAULT-VALUE})")
  private int parallelism;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final BenchFolder place = new BenchFolder("redis-memory");
  private final StringBuilder text = new StringBuilder();

  @Override
  public Integer call() throws Exception {
    if (users == null) {
      users = quick ? 2_000 : 200_000;
    }
    line("%s", Machine.describe());
    Path definitions = place.path().resolve("defs");
    int features = UserFeatures.write(BenchFolder.set("media"), "user", definitions);
    try (Servers servers = Servers.start(BenchFolder.launcher(), definitions, 4, place.path());
        RedisLayouts layouts = new RedisLayouts(servers.redis())) {
      long empty = layouts.usedBytes();
      long events = produce(servers.bootstrap());
      runJob(servers, definitions, events);
      compare(layouts, empty, features);
    }
    System.out.print(text);
    if (write) {
      Document.put(BenchFolder.document(), "Live", "bench redis-memory", text.toString());
    }
    return 0;
  }

  /** Sends events that happened in the last minutes. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private long produce(String bootstrap) {
    long count = (long) users * eventsPerUser;
    EventGenerator events =
        EventGenerator.of(
            "media",
            GeneratorOptions.defaults()
                .withSchedule(
                    new GeneratorOptions.Schedule(
                        System.currentTimeMillis() - EVENTS_WITHIN_MS,
                        count,
                        count * 1e3 / EVENTS_WITHIN_MS))
                .withKeys(new GeneratorOptions.Keys(users, 0, 4))
                .withDirt(GeneratorOptions.Dirt.NONE));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", 5, "batch.size", 1 << 16),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      while (events.hasNext()) {
        GeneratedRecord record = events.next();
        producer.send(new ProducerRecord<>(TOPIC, record.partition(), null, record.payload()));
      }
    }
    return count;
  }

  private void runJob(Servers servers, Path definitions, long events)
      throws IOException, InterruptedException {
    try (JobProcess job =
        new JobProcess(
            servers,
            new JobProcess.Settings(
                definitions,
                "rocksdb",
                Duration.ofSeconds(10),
                parallelism,
                "2g",
                "512m",
                List.of()),
            place.path())) {
      long written = -1;
      while (true) {
        TimeUnit.SECONDS.sleep(2);
        job.requireAlive();
        if (job.samples().isEmpty()) {
          continue;
        }
        Sample now = job.samples().get(job.samples().size() - 1);
        long writes = now.sum(Sampler.WRITES);
        boolean quiet = writes == written && now.count(Sampler.BUFFERED) == 0;
        if (job.records() >= events && quiet) {
          return;
        }
        written = writes;
      }
    }
  }

  private void compare(RedisLayouts layouts, long empty, int features)
      throws InterruptedException, ExecutionException {
    long ours = layouts.usedBytes() - empty;
    String encoding = layouts.encodingOfSome();
    String settings = settings(layouts);
    RedisLayouts.Contents contents = layouts.contents();
    for (String[] setting : RECOMMENDED) {
      layouts.set(setting[0], setting[1]);
    }
    long recommended = layouts.asHashes(1);
    long keys = layouts.asKeys(2, false);
    long aliases = layouts.asKeys(3, true);
    double values = contents.values();
    double served = (double) contents.keys() * features;
    line(
        "Media, %,d users with %d features each, %,d of them stored (%.2f for a user; derived ones"
            + " are finished by readers); about %d events for a user.",
        contents.keys(), features, contents.values(), values / contents.keys(), eventsPerUser);
    line("");
    line("| layout | MB | bytes per user | per stored value | per feature |");
    line("|---|---:|---:|---:|---:|");
    row(
        "Plumbline, settings as Redis has them (" + settings + "): " + encoding,
        ours,
        contents,
        served);
    row("Plumbline, settings as docs/redis.md has them", recommended, contents, served);
    row("a key for each value, JSON", keys, contents, served);
    row("the same with a key `latest` that names the version", aliases, contents, served);
    line("");
    line("| parts of Plumbline's, recommended settings | bytes per user | per feature |");
    line("|---|---:|---:|");
    part("values", contents.valueBytes(), contents, served);
    part("names of features", contents.fieldBytes(), contents, served);
    part("`_gen`, `_as_of`, `_seq` with their names", contents.markerBytes(), contents, served);
    part("keys", contents.keyBytes(), contents, served);
    long parts =
        contents.valueBytes()
            + contents.fieldBytes()
            + contents.markerBytes()
            + contents.keyBytes();
    part("Redis' own", recommended - parts, contents, served);
  }

  private static String settings(RedisLayouts layouts) {
    StringBuilder settings = new StringBuilder();
    for (String[] setting : RECOMMENDED) {
      settings.append(settings.isEmpty() ? "" : ", ");
      settings.append(setting[0]).append(' ').append(layouts.setting(setting[0]));
    }
    return settings.toString();
  }

  private void row(String name, long bytes, RedisLayouts.Contents contents, double served) {
    line(
        "| %s | %,.1f | %,.0f | %,.1f | %,.1f |",
        name,
        bytes / 1e6,
        (double) bytes / contents.keys(),
        (double) bytes / contents.values(),
        bytes / served);
  }

  private void part(String name, long bytes, RedisLayouts.Contents contents, double served) {
    line("| %s | %,.1f | %,.1f |", name, (double) bytes / contents.keys(), bytes / served);
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
