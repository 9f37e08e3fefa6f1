package io.plumbline.jobs.local;

import io.plumbline.definition.Source;
import java.util.Map;

/** Settings of the topics that sources ask for. */
public final class SourceTopics {
  private SourceTopics() {}

  /** Settings of a source's topic: the broker's clock where the source relies on it. */
  public static Map<String, String> settings(Source source) {
    return Map.of(
        "message.timestamp.type",
        source.ingestedAt() instanceof Source.IngestedAt.Log ? "LogAppendTime" : "CreateTime");
  }
}
