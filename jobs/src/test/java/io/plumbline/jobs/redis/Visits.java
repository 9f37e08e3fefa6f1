package io.plumbline.jobs.redis;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.Update;
import io.plumbline.time.Knowledge;
import java.util.List;
import java.util.Map;

/** A feature set with one entity that has values of several types, and updates of it. */
final class Visits {
  static final String ENTITY = "user";

  private static final DefinitionBundle BUNDLE =
      new DefinitionBundle(
          Map.of(
              "visit.avsc",
              """
              {"type": "record", "name": "Visit", "fields": [
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "user_id", "type": "string"},
                {"name": "page", "type": "string"},
                {"name": "spent", "type": "double"}]}
              """,
              "features.yaml",
              """
              sources:
                - {name: visit, schema: visit.avsc, topic: visits, encoding: json, event_time: at, lateness: 10m}
              entities:
                - {name: user, keys: [user_id]}
              features:
                - {name: visits, version: 1, entity: user, source: visit, aggregate: count, window: {tumbling: 1h}}
                - {name: spent, version: 1, entity: user, source: visit, aggregate: sum, value: spent, window: {tumbling: 1h}}
                - {name: pages, version: 2, entity: user, source: visit, aggregate: {last_n: 3}, value: page, window: {tumbling: 1h}}
                - {name: heat, version: 1, entity: user, source: visit, aggregate: {decayed_count: 1h}, window: {session: 1h}}
              """));

  static final FeatureSet SET =
      new FeatureSet(
          BUNDLE, List.of("visits:v1", "spent:v1", "pages:v2", "heat:v1"), Knowledge.AS_KNOWN);

  private Visits() {}

  /** An update that only says how many visits there were. */
  static Update count(String key, long asOf, long visits) {
    return new Update(0, key, asOf, asOf, new Object[] {visits, null, null, null});
  }

  /** The same, and no event brought it. */
  static Update countByTime(String key, long asOf, long visits) {
    return new Update(0, key, asOf, Update.BY_TIME, new Object[] {visits, null, null, null});
  }

  /** An update after which nothing is left. */
  static Update empty(String key, long asOf) {
    return new Update(0, key, asOf, Update.BY_TIME, new Object[4]);
  }
}
