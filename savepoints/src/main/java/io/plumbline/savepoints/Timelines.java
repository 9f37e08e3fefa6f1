package io.plumbline.savepoints;

import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelineCodec;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorState;

/** The timelines of one entity in a savepoint. */
public final class Timelines {
  private final Savepoint savepoint;
  private final OperatorState operator;
  private final StateReader reader;
  private final TimelinePlan plan;
  private final TimelineCodec codec;
  private final DataOutputSerializer bytes = new DataOutputSerializer(1024);

  Timelines(Savepoint savepoint, OperatorState operator, String entity) {
    this.savepoint = savepoint;
    this.operator = operator;
    this.reader = savepoint.reader(operator);
    this.plan =
        savepoint.set().plans().entities().stream()
            .filter(p -> p.entity().equals(entity))
            .findFirst()
            .orElseThrow();
    this.codec = new TimelineCodec(plan);
  }

  TimelinePlan plan() {
    return plan;
  }

  OperatorState operator() {
    return operator;
  }

  /** What knowledge time had passed, epoch ms; empty if it had not begun. */
  Optional<Long> knowledgeTime() {
    return savepoint.knowledgeTime(operator);
  }

  /** Gives what is kept of each key. */
  void forEach(Consumer<KeyBucket.Contents> to) {
    int parts = reader.parts();
    for (int part = 0; part < parts; part++) {
      forEach(part, parts, to);
    }
  }

  /** Into how many parts keys are best cut. */
  public int parts() {
    return reader.parts();
  }

  /** Keys are in equal parts of equally many in two savepoints of which this is equal. */
  int maxParallelism() {
    return reader.maxParallelism();
  }

  /** Gives what is kept of the keys of one of so many parts. */
  void forEach(int part, int parts, Consumer<KeyBucket.Contents> to) {
    forEachBucket(part, parts, bucket -> bucket.contents().forEach(to));
  }

  /** Gives what is kept of the keys of one of so many parts, those of one hash together. */
  public void forEachBucket(int part, int parts, Consumer<KeyBucket> to) {
    savepoint.reading(
        "a timeline of " + plan.entity(),
        () -> {
          reader.forEachValue(
              "timelines",
              FlowType.keyBuckets(savepoint.set(), plan.entity()).serializer(),
              part,
              parts,
              (hash, bucket) -> to.accept(bucket));
          return null;
        });
  }

  /** What is kept of a key; empty if nothing is. */
  Optional<KeyBucket.Contents> find(String key) {
    int parts = reader.parts();
    List<KeyBucket.Contents> found = new ArrayList<>();
    forEach(
        reader.partOf(EntityKey.hash(key), parts),
        parts,
        contents -> {
          if (contents.key().equals(key)) {
            found.add(contents);
          }
        });
    return found.stream().findFirst();
  }

  /** A timeline's state as it is written: equal timelines give equal bytes. */
  byte[] bytes(Timeline timeline) {
    try {
      bytes.clear();
      codec.write(timeline, bytes);
      return bytes.getCopyOfBuffer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FeatureSet.Plans plans() {
    return savepoint.set().plans();
  }
}
