package io.plumbline.jobs.feature;

import io.plumbline.definition.Feature;
import io.plumbline.timeline.TimelineMigration;
import io.plumbline.timeline.TimelinePlan;
import java.util.List;
import java.util.Map;

/** Carries what is kept under one feature set over to another. */
final class StateMigration {
  private static final int NONE = -1;

  private final FeatureSet.Plans from;
  private final FeatureSet.Plans to;

  /** Places of the entities in the old set, by those in the new one. */
  private final int[] entities;

  private final TimelineMigration[] timelines;

  StateMigration(FeatureSet.Plans from, FeatureSet.Plans to) {
    this.from = from;
    this.to = to;
    this.entities = new int[to.entities().size()];
    this.timelines = new TimelineMigration[entities.length];
    for (int e = 0; e < entities.length; e++) {
      entities[e] = place(to.entities().get(e).entity(), from);
      if (entities[e] != NONE) {
        timelines[e] =
            new TimelineMigration(from.entities().get(entities[e]), to.entities().get(e));
      }
    }
  }

  private static int place(String entity, FeatureSet.Plans plans) {
    for (int e = 0; e < plans.entities().size(); e++) {
      if (plans.entities().get(e).entity().equals(entity)) {
        return e;
      }
    }
    return NONE;
  }

  /** Keys whose timelines are of another plan; when to look at them is still to be found out. */
  static KeyBucket keys(KeyBucket old, TimelineMigration migration) {
    KeyBucket bucket = new KeyBucket();
    for (KeyState state : old.keys) {
      KeyState now = new KeyState(state.key, migration.migrate(state.timeline));
      now.asOf = state.asOf;
      now.questions.addAll(state.questions);
      bucket.keys.add(now);
    }
    return bucket;
  }

  /** Ids, with the first copies. */
  SeenIds ids(SeenIds old, String source) {
    SeenIds ids = new SeenIds();
    for (Map.Entry<String, Admitted> entry : old.firsts.entrySet()) {
      if (entry.getValue() == null) {
        ids.firsts.put(entry.getKey(), null);
      } else {
        ids.put(admitted(entry.getValue(), source));
      }
    }
    return ids;
  }

  private Admitted admitted(Admitted old, String source) {
    Admitted.Part[] parts = new Admitted.Part[entities.length];
    for (int e = 0; e < parts.length; e++) {
      Admitted.Part part = entities[e] == NONE ? null : old.parts()[entities[e]];
      Object[] values = part == null ? null : values(e, source, part.values());
      parts[e] = values == null ? null : new Admitted.Part(part.key(), values);
    }
    return new Admitted(
        old.standing(), old.id(), old.sentTime(), old.moment(), parts, old.payload());
  }

  private Object[] values(int entity, String source, Object[] old) {
    List<TimelinePlan.SourcePlan> sources = to.entities().get(entity).sources();
    for (int s = 0; s < sources.size(); s++) {
      if (sources.get(s).source().name().equals(source)) {
        return timelines[entity].values(s, old);
      }
    }
    return null;
  }

  /** An answer; one of an entity that is gone belongs to none. */
  Answer answer(Answer old) {
    for (int e = 0; e < entities.length; e++) {
      if (entities[e] == old.entity()) {
        Object[] values = old.values() == null ? null : values(e, old.values());
        return new Answer(old.row(), e, values, old.payload(), to);
      }
    }
    return new Answer(old.row(), Answer.OF_NONE, null, old.payload(), to);
  }

  private Object[] values(int entity, Object[] old) {
    List<Feature.Windowed> before = from.entities().get(entities[entity]).features();
    List<Feature.Windowed> now = to.entities().get(entity).features();
    Object[] values = new Object[now.size()];
    for (int i = 0; i < values.length; i++) {
      for (int o = 0; o < old.length; o++) {
        if (before.get(o).id().equals(now.get(i).id())) {
          values[i] = old[o];
        }
      }
    }
    return values;
  }
}
