package io.plumbline.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.expression.Contribution;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionLoaderTest {
  @TempDir Path folder;
  private DefinitionsFolder files;

  @BeforeEach
  void makeFiles() {
    files = new DefinitionsFolder(folder);
  }

  @Test
  void readsEverythingThatADefinitionCanSay() {
    String yaml =
        """
        features:
        - name: spend_1h
          version: 2
          description: Spent in the last hour
          entity: user
          source: pay
          where: ok && amount > 0.0
          aggregate: sum
          value: amount
          window: {sliding: 1h, every: 5m, offset: 1m}
          emit: closed
          default: -1
          freshness: 5s
          expected: {mean: 12.5, min: 0, kinds: [a, b]}
          owner: fraud
        - name: last_visit
          entity: user
          source: pay
          aggregate: max
          value: at
          window: lifetime
          retain: 90d
        services:
        - name: ranker
          features: [spend_1h, last_visit:v1]
        """;
    Definitions definitions = files.withFeatures(yaml).load();

    Feature.Windowed spend = (Feature.Windowed) definitions.feature("spend_1h:v2");
    assertThat(spend.info().defaultValue()).contains(-1.0);
    assertThat(spend.info().freshnessMs()).isEqualTo(OptionalLong.of(5_000));
    assertThat(spend.info().expected().orElseThrow())
        .hasToString("{\"mean\":12.5,\"min\":0,\"kinds\":[\"a\",\"b\"]}");
    assertThat(spend.info().place()).hasToString(folder.resolve("b.yaml") + ":2");
    assertThat(spend.window()).isEqualTo(new Window.Sliding(3_600_000, 300_000, 60_000));
    assertThat(spend.emit()).isEqualTo(Emit.CLOSED);
    assertThat(spend.where()).contains("ok && amount > 0.0");
    assertThat(spend.valueType()).contains(ValueType.DOUBLE);
    Feature.Windowed visit = (Feature.Windowed) definitions.feature("last_visit:v1");
    assertThat(visit.type()).isEqualTo(ValueType.LONG);
    assertThat(visit.retainMs()).isEqualTo(OptionalLong.of(90L * 86_400_000));
    assertThat(definitions.service("ranker").features())
        .containsExactly("spend_1h:v2", "last_visit:v1");
    Source pay = definitions.source("pay");
    assertThat(pay.encoding()).isEqualTo(Source.Encoding.AVRO);
    assertThat(pay.ingestedAt()).isEqualTo(new Source.IngestedAt.Log());
    assertThat(pay.logDisorderMs()).isEqualTo(1_000);
    assertThat(pay.maxClockSkewMs()).isEqualTo(5_000);
    assertThat(pay.latenessMs()).isEqualTo(600_000);
    assertThat(definitions.entity("user").keys()).containsExactly("user_id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          count                          |          | long         | 0
          count                          | vec      | long         | 0
          sum                            | units    | long         |
          sum                            | amount   | double       |
          mean                           | units    | double       |
          min                            | kind     | string       |
          max                            | at       | long         |
          max                            | ok       | boolean      |
          var_pop                        | shop     | double       |
          stddev_samp                    | amount   | double       |
          first                          | vec      | list<double> |
          last                           | kind     | string       |
          {last_n: 3}                    | units    | list<long>   |
          distinct_count                 | kind     | long         | 0
          mode                           | kind     | string       |
          {top_k: 2}                     | amount   | list<double> |
          {rate: 1m}                     |          | double       | 0.0
          time_since_last                | '1'      | double       |
          {vector_mean: 3}               | vec      | list<double> |
          {vector_mean: 3}               | counts   | list<double> |
          {approx_quantile: 0.5}         | units    | long         |
          approx_distinct_count          | kind     | long         | 0
          {decayed_sum: 1h}              | units    | double       |
          {decayed_count: 1h}            |          | double       |
          """)
  void everyAggregateHasItsTypeAndDefault(
      String aggregate, String value, String type, String defaultValue) {
    String yaml =
        "features:\n- name: f\n  entity: user\n  source: pay\n  window: {tumbling: 1h}\n"
            + "  aggregate: "
            + aggregate
            + "\n"
            + (value == null ? "" : "  value: " + value + "\n");
    Feature feature = files.withFeatures(yaml).load().feature("f:v1");

    assertThat(feature.type()).hasToString(type);
    assertThat(feature.info().defaultValue().map(Object::toString))
        .isEqualTo(Optional.ofNullable(defaultValue));
  }

  @Test
  void aDefaultMayBeNullWhereItIsZeroOtherwise() {
    String yaml =
        "features:\n- {name: f, entity: user, source: pay, aggregate: count,"
            + " window: {tumbling: 1h}, default: null}\n";
    assertThat(files.withFeatures(yaml).load().feature("f:v1").info().defaultValue()).isEmpty();
  }

  @Test
  void aBareNameMeansThePinnedVersionOrElseTheHighest() {
    String feature = "- {entity: user, source: pay, aggregate: count, window: {tumbling: 1h}, ";
    String yaml =
        "features:\n"
            + feature
            + "name: a, version: 1}\n"
            + feature
            + "name: a, version: 3}\n"
            + feature
            + "name: b, version: 1}\n"
            + feature
            + "name: b, version: 2}\n"
            + "- {entity: user, name: r, derive: a + a_v1 + b + b_v2}\n"
            + "services:\n- {name: s, features: [a, b]}\nactive: {b: 1}\n";
    Definitions definitions = files.withFeatures(yaml).load();

    assertThat(definitions.service("s").features()).containsExactly("a:v3", "b:v1");
    assertThat(definitions.features())
        .extracting(definitions::column)
        .containsExactly("a_v1", "a", "b", "b_v2", "r");
    assertThat(((Feature.Derived) definitions.feature("r:v1")).operands())
        .extracting(Feature.Operand::id)
        .containsExactly("a:v3", "a:v1", "b:v1", "b:v2");
  }

  @Test
  void derivedFeaturesMayReadOneAnotherInAnyOrder() {
    String yaml =
        """
        features:
        - {entity: user, name: top, derive: "middle ? 'many' : 'few'", default: none}
        - {entity: user, name: middle, derive: n > 1.0}
        - {entity: user, name: n, source: pay, aggregate: count, window: {tumbling: 1h}}
        """;
    Definitions definitions = files.withFeatures(yaml).load();
    assertThat(definitions.feature("top:v1").type()).isEqualTo(ValueType.STRING);
    assertThat(definitions.feature("top:v1").info().defaultValue()).contains("none");
    assertThat(definitions.feature("middle:v1").type()).isEqualTo(ValueType.BOOLEAN);
  }

  @Test
  void filesBelowTheFolderAreOneSetAndMayUseAnchors() {
    files.write("x/pay.avsc", DefinitionsFolder.SCHEMA).write("x/a.yaml", DefinitionsFolder.SOURCE);
    files.write(
        "y/z.yaml",
        """
        features:
        - {name: a, entity: user, source: pay, aggregate: &n {last_n: 3}, value: kind,
           window: &w {tumbling: 1h}}
        - {name: b, entity: user, source: pay, aggregate: *n, value: units, window: *w}
        """);
    files.write(".hidden/c.yaml", "not: ours").write("note.yml", "");
    Checked checked = files.check();

    assertThat(checked.problems()).isEmpty();
    assertThat(checked.definitions().orElseThrow().features())
        .extracting(Feature::id)
        .containsExactly("a:v1", "b:v1");
    assertThat(checked.warnings())
        .extracting(Problem::toString)
        .containsExactly(
            folder.resolve("note.yml") + ":1: a .yml file is not read; rename it to .yaml");
  }

  @Test
  void warnsOfStateThatIsKeptForEver() {
    String yaml =
        """
        features:
        - {name: a, entity: user, source: pay, aggregate: count, window: lifetime}
        - {name: b, entity: user, source: pay, aggregate: count, window: {session: 1h}, emit: closed}
        - {name: c, entity: user, source: pay, aggregate: count, window: lifetime, retain: 1d}
        - {name: d, entity: user, source: pay, aggregate: count, window: {session: 1h}}
        """;
    Checked checked = files.withFeatures(yaml).check();

    assertThat(checked.definitions()).isPresent();
    assertThat(checked.warnings()).extracting(w -> w.place().line()).containsExactly(2, 3);
    assertThat(checked.warnings().get(0).toString())
        .endsWith(
            "a lifetime without retain keeps the state of every key for ever; add for example"
                + " retain: 90d");
  }

  @Test
  void refusesWithAllProblemsAtOnce() {
    String yaml =
        """
        features:
        - {name: a, entity: user, source: pay, aggregate: cuont, window: {tumbling: 1x}}
        - {name: b, entity: user, source: pay, aggregate: sum, value: amuont, window: lifetime}
        """;
    assertThatThrownBy(() -> files.withFeatures(yaml).load())
        .isInstanceOfSatisfying(
            InvalidDefinitions.class,
            e -> {
              assertThat(e.problems()).hasSize(3);
              assertThat(e.exit()).isEqualTo(UserError.Exit.NO);
              assertThat(e).hasMessageContaining(folder.resolve("b.yaml") + ":2: ");
            });
  }

  @Test
  void aMissingFolderIsAWrongCall() {
    assertThatThrownBy(() -> DefinitionLoader.load(folder.resolve("none")))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exit()).isEqualTo(UserError.Exit.WRONG_CALL));
  }

  @Test
  void vectorsOfWholeNumbersBecomeVectorsOfDoubles() {
    String yaml =
        "features:\n- {name: f, entity: user, source: pay, aggregate: {vector_mean: 2},"
            + " value: counts, window: {tumbling: 1h}}\n";
    Definitions definitions = files.withFeatures(yaml).load();
    Feature.Windowed feature = (Feature.Windowed) definitions.feature("f:v1");
    Source source = definitions.source("pay");
    GenericRecord event = new GenericData.Record(source.schema());
    event.put("counts", List.of(1, 2));

    assertThat(feature.valueType()).contains(ValueType.listOf(ValueType.Scalar.DOUBLE));
    assertThat(Contribution.of(source, feature).lift(event)).isEqualTo(List.of(1.0, 2.0));
  }

  @Test
  void recursiveAliasesEnd() {
    String yaml =
        "features:\n- {name: a, entity: user, source: pay, aggregate: count,"
            + " window: {tumbling: 1h}, expected: &e {mean: *e}}\n";
    assertThat(files.withFeatures(yaml).check().problems())
        .extracting(Problem::what)
        .isEqualTo(List.of("expected holds a mapping"));
  }
}
