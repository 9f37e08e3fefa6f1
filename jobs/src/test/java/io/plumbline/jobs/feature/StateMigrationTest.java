package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.feature.FeatureChange.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** What is kept beside timelines, under other definitions, by way of Flink's serializers. */
class StateMigrationTest {
  private static final String VISITS =
      "  - {name: visits, version: 1, entity: user, source: visit, aggregate: count,"
          + " window: lifetime}\n";
  private static final String LONGEST =
      "  - {name: longest, version: 1, entity: user, source: visit, value: took, aggregate: max,"
          + " window: lifetime}\n";
  private static final String OF_PAGES =
      "  - {name: hits, version: 1, entity: page, source: visit, aggregate: count,"
          + " window: lifetime}\n";

  private static final FeatureSet OLD = set(OF_PAGES + VISITS);
  private static final FeatureSet NEW = Evolution.of(OLD, set(LONGEST + VISITS)).set();

  private static FeatureSet set(String features) {
    return FeatureSet.live(
        new DefinitionBundle(
            Map.of(
                "visit.avsc",
                """
                {"type": "record", "name": "Visit", "fields": [
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                  {"name": "id", "type": "string"}, {"name": "took", "type": "long"},
                  {"name": "user_id", "type": "string"}, {"name": "page_id", "type": "string"}]}
                """,
                "features.yaml",
                """
                sources:
                  - {name: visit, schema: visit.avsc, topic: visits, encoding: json,
                     event_time: at, event_id: id, lateness: 10m}
                entities:
                  - {name: user, keys: [user_id]}
                  - {name: page, keys: [page_id]}
                features:
                """
                    + features)));
  }

  @Test
  void answersKeepTheValuesOfFeaturesThatStay() throws Exception {
    byte[] payload = {1};
    Answer ofUser = new Answer(7, 1, new Object[] {3L}, payload);
    Answer user = carried(ofUser, FlowType.answers(OLD), FlowType.answers(NEW));
    assertThat(user.entity()).isZero();
    assertThat(user.values()).containsExactly(null, 3L);
    assertThat(user.payload()).isEqualTo(payload);

    Answer ofPage = new Answer(7, 0, new Object[] {5L}, payload);
    Answer page = carried(ofPage, FlowType.answers(OLD), FlowType.answers(NEW));
    assertThat(page.entity()).isEqualTo(Answer.OF_NONE);
    assertThat(page.payload()).isEqualTo(payload);
  }

  @Test
  void idsKeepTheirFirstCopies() throws Exception {
    SeenIds ids = new SeenIds();
    Admitted.Part[] parts = {
      new Admitted.Part("p", new Object[] {true}), new Admitted.Part("u", new Object[] {true})
    };
    ids.put(
        new Admitted(
            Admitted.Standing.COUNTS, "a", 5, new Moment(5, 9, 0, 1), parts, new byte[] {2}));
    SeenIds now = carried(ids, FlowType.seenIds(OLD, "visit"), FlowType.seenIds(NEW, "visit"));
    Admitted first = now.first("a");
    assertThat(first.moment()).isEqualTo(new Moment(5, 9, 0, 1));
    assertThat(first.payload()).containsExactly(2);
    assertThat(first.parts()).hasSize(1);
    assertThat(first.parts()[0].key()).isEqualTo("u");
    assertThat(first.parts()[0].values()).containsExactly(null, true);
  }

  @Test
  void cohortsGoOnFromSavepointToSavepoint() throws Exception {
    assertThat(NEW.cohorts()).isEqualTo(Map.of("longest:v1", 1));
    FlowSerializerSnapshot<?> read =
        (FlowSerializerSnapshot<?>) written(FlowType.keyBuckets(NEW, "user").serializer());
    assertThat(read.set()).isEqualTo(NEW);
    String more = LONGEST.replace("version: 1", "version: 2");
    Evolution next = Evolution.of(read.set(), set(more + LONGEST + VISITS));
    assertThat(next.set().cohorts()).isEqualTo(Map.of("longest:v1", 1, "longest:v2", 2));
    assertThat(next.of(Kind.ADDED_EMPTY)).extracting(FeatureChange::id).containsOnly("longest:v2");
  }

  @Test
  void aJobThatWasNotToldOfTheSavepointIsRefused() throws Exception {
    TypeSerializerSnapshot<KeyBucket> old = written(FlowType.keyBuckets(OLD, "user").serializer());
    TypeSerializerSnapshot<KeyBucket> untold =
        FlowType.keyBuckets(set(LONGEST + VISITS), "user").serializer().snapshotConfiguration();
    assertThatThrownBy(() -> untold.resolveSchemaCompatibility(old))
        .isInstanceOf(OtherDefinitions.class)
        .hasMessageContaining("--from");
  }

  @Test
  void dropsOnlyWhatIsNamed() {
    Evolution evolution = Evolution.of(OLD, set(LONGEST + VISITS));
    assertThat(evolution.refusals(Set.of())).singleElement().asString().contains("--drop hits:v1");
    assertThat(evolution.refusals(Set.of("hits:v1"))).isEmpty();
    assertThat(evolution.refusals(Set.of("hits:v1", "visits:v1"))).hasSize(1);
    assertThat(evolution.leavesOperators()).isTrue();
  }

  @Test
  void aDerivedFeatureIsWholeIfItsOperandsAre() {
    String total = LONGEST.replace("longest", "total").replace("max", "sum");
    String mean = LONGEST.replace("longest", "mean").replace("max", "mean");
    Evolution evolution =
        Evolution.of(
            set(VISITS + total),
            set(
                derived("of_ratio", "ratio + 1.0")
                    + derived("ratio", "mean / visits")
                    + derived("short", "visits / longest")
                    + derived("of_short", "short + ratio")
                    + (VISITS + total + mean + LONGEST)));
    assertThat(evolution.of(Kind.ADDED_WHOLE))
        .extracting(FeatureChange::id)
        .containsExactly("of_ratio:v1", "ratio:v1", "mean:v1");
    assertThat(evolution.of(Kind.ADDED_EMPTY))
        .extracting(FeatureChange::id)
        .containsExactly("short:v1", "of_short:v1", "longest:v1");
    assertThat(evolution.set().cohorts()).isEqualTo(Map.of("longest:v1", 1));
  }

  private static String derived(String name, String expression) {
    return "  - {name: %s, version: 1, entity: user, derive: '%s'}\n".formatted(name, expression);
  }

  /** As RocksDB does it when the state is registered. */
  private static <T> T carried(T kept, FlowType<T> from, FlowType<T> to) throws IOException {
    TypeSerializerSnapshot<T> old = written(from.serializer());
    TypeSerializer<T> now = to.serializer();
    assertThat(
            now.snapshotConfiguration()
                .resolveSchemaCompatibility(old)
                .isCompatibleAfterMigration())
        .isTrue();
    DataOutputSerializer before = new DataOutputSerializer(64);
    from.serializer().serialize(kept, before);
    T read =
        old.restoreSerializer().deserialize(new DataInputDeserializer(before.getCopyOfBuffer()));
    DataOutputSerializer after = new DataOutputSerializer(64);
    now.serialize(read, after);
    return now.deserialize(new DataInputDeserializer(after.getCopyOfBuffer()));
  }

  private static <T> TypeSerializerSnapshot<T> written(TypeSerializer<T> serializer)
      throws IOException {
    DataOutputSerializer bytes = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(bytes, serializer.snapshotConfiguration());
    return TypeSerializerSnapshot.readVersionedSnapshot(
        new DataInputDeserializer(bytes.getCopyOfBuffer()),
        StateMigrationTest.class.getClassLoader());
  }
}
