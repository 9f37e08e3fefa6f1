package io.plumbline.jobs.feature;

import io.plumbline.definition.Feature;
import io.plumbline.jobs.table.TrainingRow;
import io.plumbline.timeline.TimelinePlan;
import java.util.List;

/** The kinds of object that flow through a pipeline or are kept by it. */
enum Flow {
  /** Signals to the timelines of an entity. */
  SIGNAL(Signal.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String entity) {
      return Codecs.signals(plan(plans, entity));
    }

    @Override
    Flow parcels() {
      return SIGNAL_PARCEL;
    }
  },
  /** Signals on their way to the timelines of an entity. */
  SIGNAL_PARCEL(Parcel.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String entity) {
      return Codecs.parcels(SIGNAL.codec(plans, entity));
    }
  },
  /** State of an entity's keys. */
  KEY_BUCKET(KeyBucket.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String entity) {
      return Codecs.keyBuckets(plan(plans, entity));
    }
  },
  /** Admitted records of a source. */
  ADMITTED(Admitted.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String source) {
      return Codecs.admitted(plans, source);
    }

    @Override
    String layout(FeatureSet.Plans plans, String source) {
      List<String> layouts = plans.entities().stream().map(TimelinePlan::layout).toList();
      return String.join("\n", layouts);
    }

    @Override
    Flow parcels() {
      return ADMITTED_PARCEL;
    }
  },
  /** Admitted records on their way to the search for copies. */
  ADMITTED_PARCEL(Parcel.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String source) {
      return Codecs.parcels(ADMITTED.codec(plans, source));
    }

    @Override
    String layout(FeatureSet.Plans plans, String source) {
      return ADMITTED.layout(plans, source);
    }
  },
  /** State of ids of a source. */
  SEEN_IDS(SeenIds.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String source) {
      return Codecs.seenIds(plans, source);
    }

    @Override
    String layout(FeatureSet.Plans plans, String source) {
      return ADMITTED.layout(plans, source);
    }
  },
  /** Observations. */
  ASKED(Asked.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String nothing) {
      return Codecs.asked(plans);
    }

    @Override
    String layout(FeatureSet.Plans plans, String nothing) {
      return plans.entities().stream().map(TimelinePlan::entity).toList().toString();
    }
  },
  /** Observations with all answers. */
  ANSWERED(Answered.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String nothing) {
      return Codecs.answered(plans);
    }

    @Override
    String layout(FeatureSet.Plans plans, String nothing) {
      return ANSWER.layout(plans, nothing);
    }
  },
  /** Rows of a training table, finished. */
  ROW(TrainingRow.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String nothing) {
      return Codecs.rows(plans);
    }

    @Override
    String layout(FeatureSet.Plans plans, String nothing) {
      return types(plans.features());
    }
  },
  /** Updates of an entity's keys. */
  UPDATE(Update.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String entity) {
      return Codecs.updates(plan(plans, entity));
    }
  },
  /** Answers of all entities. */
  ANSWER(Answer.class) {
    @Override
    Codecs.Codec<?> codec(FeatureSet.Plans plans, String nothing) {
      return Codecs.answers(plans);
    }

    /** Features of one timeline layout can be others, and in another order. */
    @Override
    String layout(FeatureSet.Plans plans, String nothing) {
      return plans.entities().stream()
          .map(p -> p.entity() + " " + types(p.features()))
          .toList()
          .toString();
    }
  };

  private final Class<?> type;

  Flow(Class<?> type) {
    this.type = type;
  }

  Class<?> type() {
    return type;
  }

  /**
   * How these objects are written.
   *
   * @param of the entity or source that they belong to; empty where they belong to all
   */
  abstract Codecs.Codec<?> codec(FeatureSet.Plans plans, String of);

  /** What the bytes mean: written under one layout, they can be read under an equal one. */
  String layout(FeatureSet.Plans plans, String of) {
    return plan(plans, of).layout();
  }

  /**
   * The kind of parcels that these objects travel in.
   *
   * @throws UnsupportedOperationException if they travel in none
   */
  Flow parcels() {
    throw new UnsupportedOperationException(name());
  }

  private static String types(List<? extends Feature> features) {
    return features.stream().map(f -> f.id() + " " + f.type()).toList().toString();
  }

  private static TimelinePlan plan(FeatureSet.Plans plans, String entity) {
    for (TimelinePlan plan : plans.entities()) {
      if (plan.entity().equals(entity)) {
        return plan;
      }
    }
    throw new IllegalArgumentException("the feature set has no entity " + entity);
  }
}
