package io.plumbline.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
  private static final String FEATURES =
      """
      features:
      - name: a
        entity: user
        source: pay
        where: ok
        aggregate: {decayed_sum: 1h}
        value: amount
        window: {sliding: 1h, every: 5m}
        default: 1
      - name: b
        entity: user
        source: pay
        aggregate: count
        window: {session: 10m}
      - name: c
        entity: user
        derive: a / b
      """;

  @TempDir Path temp;
  private int made;

  private Definitions load(String schema, String sources, String features) {
    try {
      Path folder = Files.createDirectory(temp.resolve("defs" + made++));
      return new DefinitionsFolder(folder)
          .write("pay.avsc", schema)
          .write("a.yaml", sources)
          .write("b.yaml", features)
          .load();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Definitions load(String features) {
    return load(DefinitionsFolder.SCHEMA, DefinitionsFolder.SOURCE, features);
  }

  private static String state(Definitions definitions) {
    return Fingerprint.ofState((Feature.Windowed) definitions.feature("a:v1"), definitions);
  }

  @Test
  void layoutAndWordsDoNotCount() {
    String other =
        """
        # a comment
        features:
        - {name: c, entity: user, derive: ' a / b ', owner: me}
        - {window: {session: 600s}, name: b, entity: user, version: 1, source: pay, emit: live,
           aggregate: count, default: 0, description: Payments, freshness: 5s}
        - {name: a, entity: user, source: pay, where: ok, aggregate: {decayed_sum: 60m},
           value: amount, default: 1.0, expected: {mean: 1},
           window: {sliding: 60m, every: 300s, offset: 0s}}
        """;
    String documented =
        DefinitionsFolder.SCHEMA.replace("\"name\": \"Pay\"", "\"doc\": \"x\", \"name\": \"Pay\"");
    Definitions before = load(FEATURES);
    Definitions after = load(documented, DefinitionsFolder.SOURCE, other);

    assertThat(after.fingerprint()).isEqualTo(before.fingerprint()).matches("[0-9a-f]{64}");
    assertThat(state(after)).isEqualTo(state(before));
  }

  @Test
  void theValueOfTheFingerprintIsKept() {
    assertThat(load(FEATURES).fingerprint())
        .isEqualTo("c10adf8326cb68eb575f1b869a126ebada2d32228000da93a36bd8b4b7a5645d");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          where: ok             | where: '!ok'           | true
          value: amount         | value: amount * 2.0    | true
          decayed_sum: 1h       | decayed_sum: 2h        | true
          sliding: 1h           | sliding: 2h            | true
          default: 1            | default: 2             | false
          derive: a / b         | derive: b / a          | false
          session: 10m          | session: 11m           | false
          name: b               | name: b_v2             | false
          """)
  void whatChangesValuesCounts(String from, String to, boolean changesStateOfA) {
    Definitions before = load(FEATURES);
    Definitions after =
        load(
            FEATURES
                .replace(from, to)
                .replace("a / b\n", to.contains("b_v2") ? "a / b_v2\n" : "a / b\n"));

    assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
    assertThat(state(after).equals(state(before))).isNotEqualTo(changesStateOfA);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lateness: 10m         | lateness: 11m          | true
          event_id: id          | max_clock_skew: 5s     | true
          keys: [user_id]       | keys: [shop, user_id]  | true
          topic: pay            | topic: pay2            | false
          """)
  void theRulesOfTheSourceCount(String from, String to, boolean changesStateOfA) {
    Definitions before = load(FEATURES);
    Definitions after =
        load(DefinitionsFolder.SCHEMA, DefinitionsFolder.SOURCE.replace(from, to), FEATURES);

    assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
    assertThat(state(after).equals(state(before))).isNotEqualTo(changesStateOfA);
  }

  @Test
  void aNewFieldOfTheSourceDoesNotChangeState() {
    String wider =
        DefinitionsFolder.SCHEMA.replace(
            "\"fields\": [", "\"fields\": [{\"name\": \"new\", \"type\": \"int\"},");
    Definitions before = load(FEATURES);
    Definitions after = load(wider, DefinitionsFolder.SOURCE, FEATURES);

    assertThat(after.fingerprint()).isNotEqualTo(before.fingerprint());
    assertThat(state(after)).isEqualTo(state(before));
  }
}
