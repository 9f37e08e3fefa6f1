package io.plumbline.jobs.stream;

import io.plumbline.jobs.kafka.Avro;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Definitions over one source of clicks, its topic, and clicks as text. */
final class Clicks {
  /** Clicks of a user so far; nothing forgets them. */
  static final String EVER = feature("clicks_ever", "user", "lifetime");

  private static final String FIELDS =
      "{'name':'id','type':'string'},{'name':'user_id','type':'string'},"
          + "{'name':'shop_id','type':'string'},{'name':'at','type':'long'}";

  private static final String SOURCES =
      """
      sources:
        - name: click
          schema: click.avsc
          topic: %s
          encoding: json
          event_time: at
          event_id: id
          ingested_at: record
          log_disorder: 200ms
          lateness: 1m
      entities:
        - name: user
          keys: [user_id]
        - name: shop
          keys: [shop_id]
      features:
      """;

  private Clicks() {}

  /** YAML of a count of clicks. */
  static String feature(String name, String entity, String window) {
    return String.format(
        "  - {name: %s, version: 1, entity: %s, source: click, aggregate: count, window: %s}%n",
        name, entity, window);
  }

  /** Writes definitions whose events come from a topic. */
  static Path write(Path folder, String topic, String features) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("click.avsc"), Avro.schema(FIELDS).toString());
    Files.writeString(folder.resolve("clicks.yaml"), SOURCES.formatted(topic) + features);
    return folder;
  }

  /** A topic of one partition, whose records keep the times that they are given. */
  static void createTopic(Servers servers, String topic) {
    servers.kafka().createTopic(topic, 1, Servers.CREATE_TIME);
  }

  /**
   * @param at when it happened, epoch ms
   */
  static String click(String id, String user, long at) {
    return String.format(
        "{\"id\": \"%s\", \"user_id\": \"%s\", \"shop_id\": \"s\", \"at\": %d}", id, user, at);
  }
}
