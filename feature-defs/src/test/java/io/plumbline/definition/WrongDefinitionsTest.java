package io.plumbline.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WrongDefinitionsTest {
  @TempDir Path folder;

  /** A feature whose lines from the fourth on are given; it begins at line 2 of b.yaml. */
  private static String feature(String... lines) {
    return "features:\n- name: f\n  entity: user\n  " + String.join("\n  ", lines) + "\n";
  }

  private static String windowed(String... lines) {
    return feature(
        Stream.concat(Stream.of("source: pay"), Stream.of(lines)).toArray(String[]::new));
  }

  private static Arguments wrong(String yaml, String... expected) {
    return Arguments.of(yaml, List.of(expected));
  }

  static Stream<Arguments> windows() {
    return Stream.of(
        wrong(
            windowed("aggregate: count", "window: {sliding: 50m, every: 15m}"),
            "b.yaml:6: window size 50m is not a multiple of every 15m; 45m or 1h would be"),
        wrong(
            windowed("aggregate: count", "window: {sliding: 10m, every: 15m}"),
            "b.yaml:6: window size 10m is not a multiple of every 15m; 15m would be"),
        wrong(
            windowed("aggregate: count", "window: {sliding: 10m}"),
            "b.yaml:6: window has no every; add every: 1h"),
        wrong(
            windowed("aggregate: count", "window:", "  tumbling: 1h", "  offset: 90m"),
            "b.yaml:8: offset 90m is not less than tumbling 1h; 30m gives the same windows"),
        wrong(
            windowed("aggregate: count", "window: {sliding: 2h, every: 1h, offset: 1h}"),
            "b.yaml:6: offset 1h is not less than every 1h; 0s gives the same windows"),
        wrong(
            windowed("aggregate: count", "window: {tumbling: 0s}"),
            "b.yaml:6: tumbling 0s is not longer than nothing; write for example 1h"),
        wrong(
            windowed("aggregate: count", "window: {session: 1 hour}"),
            "b.yaml:6: session '1 hour' is not a duration; write a whole number and ms, s, m, h"
                + " or d, as in 90m"),
        wrong(
            windowed("aggregate: count", "window: forever"),
            "b.yaml:6: there is no window 'forever'; write {tumbling: 1h},"
                + " {sliding: 1h, every: 5m}, {session: 30m} or lifetime"),
        wrong(
            windowed("aggregate: count", "window: {tumbling: 1h, evry: 5m}"),
            "b.yaml:6: unknown key 'evry' in window; there are tumbling, offset"),
        wrong(
            windowed("aggregate: count", "window: lifetime", "retain: 1d", "emit: closed"),
            "b.yaml:8: a lifetime never closes; write emit: live, or leave it out"),
        wrong(
            windowed("aggregate: count", "window: {tumbling: 1h}", "emit: open"),
            "b.yaml:7: there is no emit 'open'; write live or closed"),
        wrong(
            windowed("aggregate: count", "window: {tumbling: 1h}", "retain: 1d"),
            "b.yaml:7: retain is for lifetime and closed sessions alone; remove it"),
        wrong(
            windowed("aggregate: {rate: 1h}", "window: {session: 1h}"),
            "b.yaml:5: a rate needs a window of fixed size; use {tumbling: ...} or"
                + " {sliding: ..., every: ...}"),
        wrong(
            windowed("aggregate: count"),
            "b.yaml:2: feature f has no window; add" + " window: {tumbling: 1h}"));
  }

  static Stream<Arguments> aggregates() {
    String w = "window: {tumbling: 1h}";
    return Stream.of(
        wrong(
            windowed(w, "aggregate: cont"),
            "b.yaml:6: there is no aggregate 'cont'; did you mean 'count'? there are count, sum,"
                + " mean, min, max, var_pop, var_samp, stddev_pop, stddev_samp, first, last,"
                + " last_n, distinct_count, mode, top_k, rate, time_since_last, vector_mean,"
                + " approx_quantile, approx_distinct_count, decayed_sum, decayed_count"),
        wrong(
            windowed(w, "aggregate: last_n", "value: kind"),
            "b.yaml:6: aggregate last_n lacks its parameter; write aggregate: {last_n: 10}"),
        wrong(
            windowed(w, "aggregate: {count: 1}"),
            "b.yaml:6: aggregate count takes no parameter; write aggregate: count"),
        wrong(
            windowed(w, "aggregate: {last_n: 0}", "value: kind"),
            "b.yaml:6: last_n '0' is not a whole number from 1 on; write for example 1"),
        wrong(
            windowed(w, "aggregate: {top_k: 2.5}", "value: kind"),
            "b.yaml:6: top_k '2.5' is not a whole number from 1 on; write for example 1"),
        wrong(
            windowed(w, "aggregate: {approx_quantile: 95}", "value: amount"),
            "b.yaml:6: approx_quantile 95 is not within 0 and 1; write 0.95 for the 95th"
                + " percentile"),
        wrong(
            windowed(w, "aggregate: {decayed_sum: 0h}", "value: amount"),
            "b.yaml:6: decayed_sum 0h is not longer than nothing; write for example 1h"),
        wrong(
            windowed(w, "aggregate: sum"),
            "b.yaml:6: aggregate sum needs a value; add value: a field or an expression (int or"
                + " double)"),
        wrong(
            windowed(w, "aggregate: sum", "value: kind"),
            "b.yaml:7: aggregate sum cannot take 'kind', a string; it takes int or double"),
        wrong(
            windowed(w, "aggregate: mean", "value: at"),
            "b.yaml:7: aggregate mean cannot take 'at', a timestamp; it takes int or double"),
        wrong(
            windowed(w, "aggregate: max", "value: vec"),
            "b.yaml:7: aggregate max cannot take 'vec', a list<double>; it takes int, double,"
                + " string, bool or timestamp"),
        wrong(
            windowed(w, "aggregate: {vector_mean: 3}", "value: amount"),
            "b.yaml:7: aggregate vector_mean cannot take 'amount', a double; it takes a list of"
                + " doubles or ints"));
  }

  static Stream<Arguments> expressions() {
    String w = "window: {tumbling: 1h}";
    String fields = "there are id, at, user_id, shop, amount, units, kind, vec, counts, ok";
    return Stream.of(
        wrong(
            windowed(w, "aggregate: count", "where: amout > 1.0"),
            "b.yaml:7: where: there is no field amout in source pay; did you mean 'amount'? "
                + fields),
        wrong(
            windowed(w, "aggregate: count", "where: kind > 1"),
            "b.yaml:7: where: '>' in 'kind > 1' cannot take string and int; quote what is text, as"
                + " in '1', or convert with int(...), double(...), string(...)"),
        wrong(
            windowed(w, "aggregate: count", "where: amount > 1"),
            "b.yaml:7: where: '>' in 'amount > 1' cannot take double and int; make both double:"
                + " write a whole number as 1.0, convert a field with double(...)"),
        wrong(
            windowed(w, "aggregate: count", "where: units"),
            "b.yaml:7: where: 'units' is a long and not a bool; write a comparison, as in"
                + " units > 0"),
        wrong(
            windowed(w, "aggregate: count", "where: units = 5"),
            "b.yaml:7: where: 'units = 5' is not CEL: unexpected = at column 7; write == to"
                + " compare"),
        wrong(
            windowed(w, "aggregate: count", "where: ok and units > 5"),
            "b.yaml:7: where: 'ok and units > 5' is not CEL: unexpected and at column 4; write &&"
                + " for and"),
        wrong(
            windowed(w, "aggregate: sum", "value: (amount"),
            "b.yaml:7: value: '(amount' is not CEL: something is missing at column 8; add )"),
        wrong(
            windowed(w, "aggregate: count", "where: kind == 'A"),
            "b.yaml:7: where: 'kind == 'A' is not CEL: unexpected ' at column 9; close the quote"),
        wrong(
            windowed(w, "aggregate: count", "where: kind.startWith('a')"),
            "b.yaml:7: where: there is no function startWith; did you mean 'startsWith'?"),
        wrong(
            windowed(w, "aggregate: count", "where: units == null"),
            "b.yaml:7: where: '==' in 'units == null' cannot take int and null; this is never null:"
                + " leave the comparison out"));
  }

  static Stream<Arguments> defaults() {
    String w = "window: {tumbling: 1h}";
    return Stream.of(
        wrong(
            windowed(w, "aggregate: count", "default: none"),
            "b.yaml:7: default none is not a long; write for example 0 or null"),
        wrong(
            windowed(w, "aggregate: count", "default: 0.5"),
            "b.yaml:7: default 0.5 is not a long; write for example 0 or null"),
        wrong(
            windowed(w, "aggregate: last", "value: kind", "default: 0"),
            "b.yaml:8: default 0 is not a string; write for example 'none' or null"),
        wrong(
            windowed(w, "aggregate: {last_n: 2}", "value: units", "default: 0"),
            "b.yaml:8: default 0 is not a list<long>; write for example [0] or null"),
        wrong(
            windowed(w, "aggregate: {last_n: 2}", "value: units", "default: [1, a]"),
            "b.yaml:8: default a is not a list<long>; write for example [0] or null"),
        wrong(
            windowed(w, "aggregate: mean", "value: units", "default: .nan"),
            "b.yaml:8: default .nan is not a double; write for example 0.0 or null"),
        wrong(
            windowed(w, "aggregate: last", "value: ok", "default: 'true'"),
            "b.yaml:8: default true is not a boolean; write for example false or null"));
  }

  static Stream<Arguments> names() {
    String count = "aggregate: count, window: {tumbling: 1h}}";
    String f = "- {entity: user, source: pay, " + count.replace("}}", "}, ");
    return Stream.of(
        wrong(
            "features:\n" + f + "name: Spend}\n",
            "b.yaml:2: name 'Spend' is not of the form [a-z][a-z0-9_]*; use lower-case letters,"
                + " digits and _, and begin with a letter"),
        wrong(
            "features:\n" + f + "name: a}\n" + f + "name: a}\n",
            "b.yaml:3: version 1 of feature 'a' is defined twice, first at b.yaml:2; write"
                + " version: 2 or remove one"),
        wrong(
            "features:\n" + f + "name: a, version: 0}\n",
            "b.yaml:2: version '0' is not a whole number from 1 on; write for example 1"),
        wrong(
            "features:\n" + f + "name: a_v1}\n" + f + "name: a}\n" + f + "name: a, version: 2}\n",
            "b.yaml:3: a:v1 and a_v1:v1 would both be column a_v1; rename one of them"),
        wrong(
            "features:\n" + f + "name: user_id}\n",
            "b.yaml:2: column user_id is a key of entity user; rename the feature"),
        wrong(
            "features:\n" + f + "name: a, agregate: count}\n",
            "b.yaml:2: unknown key 'agregate' in feature a; did you mean 'aggregate'?"
                + " there are name, version, description, entity, default, freshness, expected,"
                + " owner, source, where, value, aggregate, window, emit, retain, derive"),
        wrong(
            "features:\n- {name: a, entity: usr, source: pai, " + count + "\n",
            "b.yaml:2: there is no entity 'usr'; did you mean 'user'? there are user, shop",
            "b.yaml:2: there is no source 'pai'; did you mean 'pay'? there are pay"),
        wrong(
            "features:\n" + f + "name: a, name: b}\n",
            "b.yaml:2: 'name' is given twice in feature; remove one"),
        wrong(
            "features:\n" + f + "name: a}\nactive: {a: 2, b: 1}\n",
            "b.yaml:3: there is no version 2 of feature 'a'; versions are 1",
            "b.yaml:3: there is no feature 'b' to pin; did you mean 'a'? there are a"),
        wrong(
            "features:\n" + f + "name: a}\nservices:\n- name: s\n  features: [a, a:v1, b, a:v3]\n",
            "b.yaml:5: service s names a:v1 twice; remove one",
            "b.yaml:5: there is no feature 'b'; did you mean 'a'? there are a",
            "b.yaml:5: there is no version 3 of feature 'a'; versions are 1"),
        wrong(
            "feature:\n" + f + "name: a}\n",
            "b.yaml:1: unknown key 'feature' in the file; did you mean 'features'? there are"
                + " sources, entities, features, services, active"),
        wrong(
            "features:\n  a: b\n",
            "b.yaml:2: features is a mapping, not a list; write a list, as in [a, b]"));
  }

  static Stream<Arguments> derived() {
    String f = "- {entity: user, source: pay, aggregate: count, window: {tumbling: 1h}, ";
    String d = "- {entity: user, derive: ";
    return Stream.of(
        wrong(
            "features:\n" + f + "name: a}\n" + d + "aa / 2.0, name: r}\n",
            "b.yaml:3: derive: there is no feature aa of this entity; did you mean 'a'? there are"
                + " a"),
        wrong(
            "features:\n" + f + "name: a}\n" + d + "a / 2, name: r}\n",
            "b.yaml:3: derive: '/' in 'a / 2' cannot take double and int; make both double: write"
                + " a whole number as 1.0, convert a field with double(...)"),
        wrong(
            "features:\n" + d + "1.0 + 1.0, name: r}\n",
            "b.yaml:2: derive '1.0 + 1.0' reads no feature; name at least one feature of entity"
                + " user"),
        wrong(
            "features:\n" + d + "r, name: q}\n" + d + "s, name: r}\n" + d + "r, name: s}\n",
            "b.yaml:4: derive goes in a circle: r:v1 -> s:v1 -> r:v1; leave one of them out"),
        wrong(
            "features:\n" + f + "name: a}\n- {entity: shop, derive: a, name: r}\n",
            "b.yaml:3: derive: feature a describes entity user, not shop; use features of entity"
                + " shop"),
        wrong(
            "features:\n" + f + "name: a}\n" + d + "'[a]', name: r}\n",
            "b.yaml:3: derive: '[a]' is a list; a derived feature is a number, a bool or a string"),
        wrong(
            "features:\n" + f + "name: a}\n" + d + "a, name: r, window: lifetime}\n",
            "b.yaml:3: a derived feature has no window; remove window, or derive where it is"
                + " meant"));
  }

  @ParameterizedTest
  @MethodSource({"windows", "aggregates", "expressions", "defaults", "names", "derived"})
  void saysWhatIsWrongAndWhatWouldBeRight(String yaml, List<String> expected) {
    Checked checked = new DefinitionsFolder(folder).withFeatures(yaml).check();

    assertThat(checked.problems()).extracting(this::relative).containsExactlyElementsOf(expected);
    assertThat(checked.definitions()).isEmpty();
  }

  static Stream<Arguments> sources() {
    String s = "sources:\n- name: p\n  schema: pay.avsc\n  topic: pay\n  lateness: 1h\n";
    return Stream.of(
        wrong(
            "sources:\n- name: p\n",
            "a.yaml:2: source p has no topic; add topic: p-events",
            "a.yaml:2: source p has no lateness; add lateness: 10m",
            "a.yaml:2: source p has no event_time; add event_time: the field that says when",
            "a.yaml:2: source p has no schema; add schema: p.avsc"),
        wrong(
            s + "  event_time: att\n",
            "a.yaml:6: event_time 'att' is no field of source p; did you mean 'at'? there are id,"
                + " at, user_id, shop, amount, units, kind, vec, counts, ok"),
        wrong(
            s + "  event_time: amount\n",
            "a.yaml:6: event_time field amount is of type double, not a time; use a long (epoch ms),"
                + " timestamp-millis, timestamp-micros or an ISO-8601 string"),
        wrong(
            s + "  event_time: at\n  event_id: key\n",
            "a.yaml:7: event_id 'key' is no field of source p; there are id, at, user_id, shop,"
                + " amount, units, kind, vec, counts, ok"),
        wrong(
            s + "  event_time: at\n  event_id: vec\n",
            "a.yaml:7: event_id field vec is of type array; use a string, an int or a long"),
        wrong(
            s + "  event_time: at\n  ingested_at: ok\n",
            "a.yaml:7: ingested_at field ok is of type boolean, not a time; use a long (epoch ms),"
                + " timestamp-millis, timestamp-micros or an ISO-8601 string"),
        wrong(
            s + "  event_time: at\n  encoding: xml\n",
            "a.yaml:7: there is no encoding 'xml'; write avro, confluent-avro or json"),
        wrong(
            s.replace("pay.avsc", "none.avsc") + "  event_time: at\n",
            "a.yaml:3: there is no schema none.avsc; write the path of an .avsc file, relative to"
                + " this one"),
        wrong(
            s.replace("pay.avsc", "a.yaml") + "  event_time: at\n",
            "a.yaml:3: schema a.yaml is no Avro schema: *"),
        wrong(
            s
                + "  event_time: at\n- name: p\n"
                + s.substring(s.indexOf("  schema"))
                + "  event_time: at\n",
            "a.yaml:7: source 'p' is defined twice, first at a.yaml:2; rename or remove one"),
        wrong(
            s + "  event_time: at\nentities:\n- name: rejected\n  keys: [k]\n",
            "a.yaml:8: an entity cannot be called 'rejected'; in Redis that is the place of rejected"
                + " records; rename it"),
        wrong(
            s + "  event_time: at\nentities:\n- name: e\n  keys: []\n- name: g\n",
            "a.yaml:9: entity e has no keys; name at least one field",
            "a.yaml:10: entity g has no keys; add keys: [g_id]"),
        wrong(s + "  event_time: at\n\tx: 1\n", "a.yaml:7: the file is no YAML: *"),
        wrong("# nothing\n", "*"));
  }

  private String relative(Problem problem) {
    return problem.toString().replace(folder + "/", "");
  }

  @Test
  void keysMustBeThereAndBeOfAKindThatAgrees() {
    String schema =
        """
        {"type": "record", "name": "Other", "fields": [
          {"name": "at", "type": "long"},
          {"name": "shop", "type": "string"},
          {"name": "kind", "type": {"type": "enum", "name": "K", "symbols": ["A"]}}]}
        """;
    String yaml =
        """
        sources:
        - {name: other, schema: other.avsc, topic: o, event_time: at, lateness: 1m}
        entities:
        - {name: kind, keys: [kind]}
        features:
        - {name: a, entity: shop, source: pay, aggregate: count, window: {tumbling: 1h}}
        - {name: b, entity: shop, source: other, aggregate: count, window: {tumbling: 1h}}
        - {name: c, entity: user, source: other, aggregate: count, window: {tumbling: 1h}}
        - {name: d, entity: kind, source: other, aggregate: count, window: {tumbling: 1h}}
        """;
    Checked checked =
        new DefinitionsFolder(folder).write("other.avsc", schema).withFeatures(yaml).check();

    assertThat(checked.problems())
        .extracting(this::relative)
        .containsExactly(
            "b.yaml:7: key shop of entity shop is a string in source other and a whole number in"
                + " source pay; make them agree",
            "b.yaml:8: source other has no field user_id, a key of entity user; there are at, shop,"
                + " kind",
            "b.yaml:9: key kind of entity kind is of type enum in source other; a key is a string, an"
                + " int or a long");
  }

  @ParameterizedTest
  @MethodSource("sources")
  void saysWhatIsWrongWithASource(String yaml, List<String> expected) {
    DefinitionsFolder defs = new DefinitionsFolder(folder).write("a.yaml", yaml);
    List<String> problems = defs.check().problems().stream().map(this::relative).toList();

    assertThat(problems).hasSameSizeAs(expected);
    for (int i = 0; i < problems.size(); i++) {
      assertThat(problems.get(i)).startsWith(expected.get(i).replace("*", ""));
    }
  }

  @Test
  void anEmptyFolderIsAProblem() {
    assertThat(DefinitionLoader.check(folder).problems())
        .extracting(Problem::what)
        .containsExactly("the folder defines nothing");
  }
}
