package io.plumbline.jobs.stream;

import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.PayloadFormat;
import io.plumbline.jobs.kafka.PayloadText;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.redis.RejectedWriter;
import java.util.HashMap;
import java.util.Map;

/** Makes the payloads of rejected records readable, by their sources' encodings. */
final class RejectedText implements RejectedWriter.PayloadText {
  private static final long serialVersionUID = 1L;

  private final FeatureSet set;
  private final RegistrySettings registry;
  private transient Map<String, PayloadText> bySource;

  RejectedText(FeatureSet set, RegistrySettings registry) {
    this.set = set;
    this.registry = registry;
  }

  @Override
  public String json(String source, byte[] payload) {
    if (bySource == null) {
      bySource = new HashMap<>();
    }
    return bySource
        .computeIfAbsent(
            source,
            name ->
                new PayloadText(PayloadFormat.of(set.plans().definitions().source(name), registry)))
        .of(payload);
  }
}
