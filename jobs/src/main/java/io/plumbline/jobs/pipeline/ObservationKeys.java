package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Entity;
import io.plumbline.definition.ValueType;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.observations.KeyColumn;
import io.plumbline.time.TimeField;
import io.plumbline.timeline.TimelinePlan;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** The columns by which observations name the entities of a feature set. */
public final class ObservationKeys {
  private ObservationKeys() {}

  /** The key columns of all entities, one entity after another, cast to the sources' types. */
  public static List<KeyColumn> columns(FeatureSet.Plans plans) {
    List<KeyColumn> columns = new ArrayList<>();
    for (TimelinePlan plan : plans.entities()) {
      Entity entity = plans.definitions().entity(plan.entity());
      Schema schema = plan.sources().get(0).source().schema();
      for (String key : entity.keys()) {
        Schema.Type type = TimeField.nonNull(schema.getField(key).schema()).getType();
        boolean text = type == Schema.Type.STRING;
        columns.add(KeyColumn.of(key, entity.name(), text ? ValueType.STRING : ValueType.LONG));
      }
    }
    return columns;
  }

  /** How many of those columns belong to each entity. */
  public static int[] counts(FeatureSet.Plans plans) {
    return plans.entities().stream()
        .mapToInt(plan -> plans.definitions().entity(plan.entity()).keys().size())
        .toArray();
  }
}
