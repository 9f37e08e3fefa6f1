package io.plumbline.jobs.admission;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.expression.Contribution;
import io.plumbline.expression.EventSchema;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.time.TimeField;
import io.plumbline.timeline.TimelinePlan;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * The way in for one source's records: judges each, and reduces what is admitted to what features
 * need, so that expressions run once per event and little crosses the network. Not thread-safe.
 */
public final class Intake {

  /** Is told what does not pass. */
  public interface Listener {
    /**
     * The record just taken is no event.
     *
     * @param sentTime event time as sent, epoch ms; empty if there is none
     */
    void rejected(Reason reason, OptionalLong sentTime);

    /** An expression of this feature, and of those that share it, failed on an admitted record. */
    void failed(String featureId);
  }

  private final Source source;
  private final TimeField timeField;
  private final Admission admission;
  private final List<Target> targets = new ArrayList<>();
  private final Listener listener;
  private Schema schema;
  private int timePosition;
  private int idPosition;

  /** What an entity takes from this source; null stands for nothing. */
  private static final class Target {
    final List<String> keyFields;
    final int[] keyPositions;
    final Contribution[] contributions;
    final String[] featureIds;

    Target(Entity entity, TimelinePlan plan, TimelinePlan.SourcePlan source, EventSchema schema) {
      keyFields = entity.keys();
      keyPositions = new int[keyFields.size()];
      contributions = new Contribution[source.inputs().size()];
      featureIds = new String[contributions.length];
      for (int i = 0; i < contributions.length; i++) {
        Feature.Windowed feature = featureOf(plan, source, source.inputs().get(i));
        contributions[i] = schema.contribution(feature);
        featureIds[i] = feature.id();
      }
    }

    private static Feature.Windowed featureOf(
        TimelinePlan plan, TimelinePlan.SourcePlan source, TimelinePlan.Input input) {
      for (Feature.Windowed f : plan.features()) {
        if (f.source().equals(source.source().name()) && input.isOf(f)) {
          return f;
        }
      }
      throw new IllegalStateException("no feature has the input " + input);
    }
  }

  /**
   * @param listener told of every record that is rejected and every expression that fails
   */
  public Intake(FeatureSet set, String sourceName, Listener listener) {
    FeatureSet.Plans plans = set.plans();
    this.source = plans.definitions().source(sourceName);
    this.timeField = TimeField.of(source.schema().getField(source.eventTime()).schema()).get();
    this.admission = new Admission(source, set.knowledge());
    this.listener = listener;
    EventSchema expressions = EventSchema.of(source);
    for (TimelinePlan plan : plans.entities()) {
      Entity entity = plans.definitions().entity(plan.entity());
      targets.add(
          plan.sources().stream()
              .filter(s -> s.source().name().equals(sourceName))
              .findFirst()
              .map(s -> new Target(entity, plan, s, expressions))
              .orElse(null));
    }
  }

  /** Names of the fields that are read: a record holding these is enough. */
  public Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    fields.add(source.eventTime());
    source.eventId().ifPresent(fields::add);
    for (Target target : targets) {
      if (target != null) {
        fields.addAll(target.keyFields);
        for (Contribution contribution : target.contributions) {
          fields.addAll(contribution.fields());
        }
      }
    }
    return fields;
  }

  /**
   * Takes a record.
   *
   * @param event holding at least {@link #fields()}
   * @param ingestedAt epoch ms
   * @return empty if it was rejected, or is of no use to any feature
   */
  public Optional<Admitted> take(IndexedRecord event, long ingestedAt, int partition, long offset) {
    if (event.getSchema() != schema) {
      bind(event.getSchema());
    }
    Object time = event.get(timePosition);
    Object id = idPosition < 0 ? null : event.get(idPosition);
    if (time == null || (idPosition >= 0 && id == null)) {
      listener.rejected(Reason.MALFORMED, OptionalLong.empty());
      return Optional.empty();
    }
    long sentTime;
    try {
      sentTime = timeField.millis(time);
    } catch (DateTimeException | ArithmeticException e) {
      listener.rejected(Reason.MALFORMED, OptionalLong.empty());
      return Optional.empty();
    }
    Optional<Reason> reason = admission.judge(sentTime, ingestedAt);
    if (reason.isPresent()) {
      listener.rejected(reason.get(), OptionalLong.of(sentTime));
      return Optional.empty();
    }
    Admitted.Part[] parts = parts(event);
    if (parts == null && id == null) {
      return Optional.empty();
    }
    long eventTime = Admission.eventTime(sentTime, ingestedAt);
    return Optional.of(
        new Admitted(
            Admitted.Standing.COUNTS,
            id == null ? null : sentTime + ":" + id,
            sentTime,
            new Moment(eventTime, ingestedAt, partition, offset),
            parts == null ? new Admitted.Part[targets.size()] : parts,
            null));
  }

  private void bind(Schema to) {
    schema = to;
    timePosition = position(source.eventTime());
    idPosition = source.eventId().map(this::position).orElse(-1);
    for (Target target : targets) {
      if (target != null) {
        for (int i = 0; i < target.keyPositions.length; i++) {
          target.keyPositions[i] = position(target.keyFields.get(i));
        }
      }
    }
  }

  private int position(String field) {
    return schema.getField(field).pos();
  }

  /** Null if the event contributes to nothing. */
  private Admitted.Part[] parts(IndexedRecord event) {
    Admitted.Part[] parts = null;
    for (int t = 0; t < targets.size(); t++) {
      Admitted.Part part = targets.get(t) == null ? null : part(targets.get(t), event);
      if (part != null) {
        if (parts == null) {
          parts = new Admitted.Part[targets.size()];
        }
        parts[t] = part;
      }
    }
    return parts;
  }

  private Admitted.Part part(Target target, IndexedRecord event) {
    Object[] keys = new Object[target.keyPositions.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = event.get(target.keyPositions[i]);
    }
    String key = EntityKey.of(keys);
    if (key == null) {
      return null;
    }
    Object[] values = new Object[target.contributions.length];
    boolean contributes = false;
    for (int i = 0; i < values.length; i++) {
      Object value = target.contributions[i].lift(event);
      if (value == Contribution.FAILED) {
        listener.failed(target.featureIds[i]);
      } else {
        values[i] = value;
        contributes |= value != null;
      }
    }
    return contributes ? new Admitted.Part(key, values) : null;
  }
}
