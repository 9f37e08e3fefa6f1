package io.plumbline.savepoints;

import io.plumbline.definition.Feature;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.pipeline.FeatureFinisher;
import io.plumbline.timeline.Timeline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an entity's features are, as a training table would have them. */
final class FeatureValues {
  private final FeatureSet.Plans plans;
  private final String entity;
  private final FeatureFinisher finisher;

  FeatureValues(FeatureSet.Plans plans, String entity) {
    this.plans = plans;
    this.entity = entity;
    this.finisher = new FeatureFinisher(plans);
  }

  /** The features' ids, in their order. */
  List<String> ids() {
    return plans.features().stream()
        .filter(feature -> feature.entity().equals(entity))
        .map(Feature::id)
        .toList();
  }

  /**
   * The values by feature id, defaults put in, derived features computed; null where there is none.
   * Settles the timeline.
   *
   * @param at epoch ms, not before what the timeline was settled to
   */
  Map<String, Object> at(Timeline timeline, long at) {
    Object[][] answers = new Object[plans.entities().size()][];
    for (int e = 0; e < answers.length; e++) {
      answers[e] =
          plans.entities().get(e).entity().equals(entity)
              ? timeline.valuesAt(at)
              : new Object[plans.entities().get(e).features().size()];
    }
    Object[] values = finisher.finish(answers).values();
    Map<String, Object> byId = new LinkedHashMap<>();
    List<Feature> features = plans.features();
    for (int i = 0; i < values.length; i++) {
      if (features.get(i).entity().equals(entity)) {
        byId.put(features.get(i).id(), values[i]);
      }
    }
    return byId;
  }
}
