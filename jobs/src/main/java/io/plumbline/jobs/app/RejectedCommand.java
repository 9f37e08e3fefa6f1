package io.plumbline.jobs.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.Replay;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RejectedStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rejected}: looks into records that are no events, and sends them again. */
@Command(
    name = "rejected",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists the records of a source that were rejected, newest first, as lines of JSON.",
      "With --resend, sends those listed to their topic again, as new records."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:nothing was found"})
public final class RejectedCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(names = "--source", required = true, description = "whose records")
  private String source;

  @Mixin private RedisOptions redis;

  @Option(
      names = "--reason",
      split = ",",
      description = "malformed, future, late, duplicate; comma-separated; all unless given")
  private List<String> reasons = List.of();

  @Option(names = "--since", description = "ingested at this time or later; ISO-8601")
  private String since;

  @Option(names = "--until", description = "ingested before this time; ISO-8601")
  private String until;

  @Option(names = "--partition", description = "of the topic")
  private Integer partition;

  @Option(names = "--from-offset", description = "the smallest offset")
  private Long fromOffset;

  @Option(names = "--to-offset", description = "offsets are less than this")
  private Long toOffset;

  @Option(names = "--limit", defaultValue = "100", description = "at most (${DEFAULT-VALUE})")
  private int limit;

  @Option(names = "--resend", description = "send them again; asks for --brokers")
  private boolean resend;

  @Option(names = "--brokers", description = "host:port of Kafka brokers, comma-separated")
  private String brokers;

  @Option(names = "--kafka-config", description = "properties file of Kafka clients")
  private Path kafkaConfig;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw UserError.wrongCall("--limit is " + limit + "; write 1 or more");
    }
    if (resend && brokers == null) {
      throw UserError.wrongCall("--resend needs --brokers, where to send to");
    }
    List<RejectedStream.Entry> found;
    try (RedisConnection connection = RedisConnection.open(redis.settings())) {
      found = new RejectedStream(connection).list(source, filter());
    }
    PrintWriter out = spec.commandLine().getOut();
    found.forEach(entry -> out.println(line(entry)));
    if (resend) {
      send(found);
    }
    out.flush();
    return found.isEmpty() ? UserError.Exit.NO.code() : 0;
  }

  private RejectedStream.Filter filter() {
    return new RejectedStream.Filter(
        reasons(),
        time("--since", since, Long.MIN_VALUE),
        time("--until", until, Long.MAX_VALUE),
        partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
        fromOffset == null ? Long.MIN_VALUE : fromOffset,
        toOffset == null ? Long.MAX_VALUE : toOffset,
        limit);
  }

  private Set<Reason> reasons() {
    Set<Reason> wanted = EnumSet.noneOf(Reason.class);
    for (String name : reasons) {
      wanted.add(
          Arrays.stream(Reason.values())
              .filter(reason -> reason.label().equals(name.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      UserError.wrongCall(
                          "--reason "
                              + name
                              + ": write malformed, future, late or duplicate, comma-separated")));
    }
    return wanted;
  }

  private static long time(String option, String text, long otherwise) {
    try {
      return text == null ? otherwise : Instant.parse(text).toEpochMilli();
    } catch (DateTimeParseException e) {
      throw UserError.wrongCall(
          option + " " + text + ": write a time such as 2026-05-01T10:00:00Z");
    }
  }

  private static String line(RejectedStream.Entry entry) {
    Rejected record = entry.record();
    ObjectNode line = JSON.createObjectNode();
    line.put("reason", record.reason().label());
    put(line, "event_time", record.eventTime());
    put(line, "ingested_at", record.ingestedAt());
    if (record.eventTime() != null && record.ingestedAt() != null) {
      line.put("lateness_ms", record.ingestedAt() - record.eventTime());
    }
    line.put("topic", record.topic());
    line.put("partition", record.partition());
    line.put("offset", record.offset());
    if (!record.detail().isEmpty()) {
      line.put("detail", record.detail());
    }
    line.putRawValue(
        "payload",
        new com.fasterxml.jackson.databind.util.RawValue(
            entry.json() == null ? "null" : entry.json()));
    return line.toString();
  }

  private static void put(ObjectNode line, String name, Long time) {
    if (time != null) {
      line.put(name, Instant.ofEpochMilli(time).toString());
    }
  }

  /** In the order in which they came. */
  private void send(List<RejectedStream.Entry> newestFirst) {
    Map<String, List<Replay.Copy>> byTopic = new LinkedHashMap<>();
    int empty = 0;
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      Rejected record = newestFirst.get(i).record();
      if (record.payload() != null) {
        Replay.Position position = new Replay.Position(record.partition(), record.offset());
        byTopic
            .computeIfAbsent(record.topic(), t -> new ArrayList<>())
            .add(new Replay.Copy(position, record.payload()));
      } else {
        empty++;
      }
    }
    KafkaSettings settings =
        kafkaConfig == null ? KafkaSettings.of(brokers) : KafkaSettings.load(brokers, kafkaConfig);
    try (Replay replay = Replay.connect(settings)) {
      byTopic.forEach((topic, copies) -> say(topic, replay.send(topic, copies)));
    }
    if (empty > 0) {
      spec.commandLine()
          .getErr()
          .printf("%,d records were not sent: they have no value, and would be no events%n", empty);
    }
    spec.commandLine().getErr().flush();
  }

  private void say(String topic, Replay.Sent sent) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf("sent %,d records to %s%n", sent.records(), topic);
    if (sent.bare() > 0) {
      err.printf(
          "%,d of them without key and headers: their originals are gone from the topic%n",
          sent.bare());
    }
  }
}
