package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Samples.Event;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.ValueType.Scalar;
import io.plumbline.definition.Window;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of {@link Algebra}, on every aggregate over every type of values that it takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AggregateLawsTest {
  private static final Window WINDOW = Window.Sliding.tumbling(3_600_000, 0);
  private static final int CASES = 60;

  private static final List<ValueType> TYPES =
      List.of(
          ValueType.BOOLEAN,
          ValueType.LONG,
          ValueType.DOUBLE,
          ValueType.STRING,
          ValueType.listOf(Scalar.LONG),
          ValueType.listOf(Scalar.DOUBLE),
          ValueType.listOf(Scalar.STRING));

  private static final List<Aggregation> SPECS =
      List.of(
          new Aggregation.Count(),
          new Aggregation.Sum(),
          new Aggregation.Mean(),
          new Aggregation.Min(),
          new Aggregation.Max(),
          new Aggregation.VarPop(),
          new Aggregation.VarSamp(),
          new Aggregation.StddevPop(),
          new Aggregation.StddevSamp(),
          new Aggregation.First(),
          new Aggregation.Last(),
          new Aggregation.LastN(1),
          new Aggregation.LastN(5),
          new Aggregation.DistinctCount(),
          new Aggregation.Mode(),
          new Aggregation.TopK(3),
          new Aggregation.Rate(60_000),
          new Aggregation.TimeSinceLast(),
          new Aggregation.VectorMean(3),
          new Aggregation.ApproxQuantile(0),
          new Aggregation.ApproxQuantile(0.5),
          new Aggregation.ApproxQuantile(1),
          new Aggregation.ApproxDistinctCount(),
          new Aggregation.DecayedSum(1),
          new Aggregation.DecayedSum(3_600_000),
          new Aggregation.DecayedCount(31_557_600_000L));

  /** An aggregate and the values that it is made for. */
  record Subject(Aggregation spec, ValueType type, Aggregate<?> aggregate) {
    @Override
    public String toString() {
      return spec + " of " + type;
    }
  }

  static Stream<Subject> subjects() {
    return SPECS.stream()
        .flatMap(spec -> types(spec).stream().flatMap(type -> subject(spec, type)));
  }

  /** All types, or any one where the aggregate does not look at values. */
  private static List<ValueType> types(Aggregation spec) {
    try {
      Aggregates.of(spec, null, WINDOW);
      return List.of(ValueType.LONG);
    } catch (IllegalArgumentException valueNeeded) {
      return TYPES;
    }
  }

  private static Stream<Subject> subject(Aggregation spec, ValueType type) {
    try {
      return Stream.of(new Subject(spec, type, Aggregates.of(spec, type, WINDOW)));
    } catch (IllegalArgumentException refused) {
      return Stream.empty();
    }
  }

  @Test
  void noAggregationIsForgotten() {
    assertThat(subjects().map(subject -> (Object) subject.spec().getClass()))
        .contains((Object[]) Aggregation.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void zeroIsTheIdentity(Subject subject) {
    check(
        subject,
        c -> {
          c.same("a + 0 = a", c.merge(c.all(), c.zero()), c.all());
          c.same("0 + a = a", c.merge(c.zero(), c.all()), c.all());
        });
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void onlyTheAccumulatorOfNothingIsEmpty(Subject subject) {
    check(
        subject,
        c -> {
          assertThat(c.isEmpty(c.zero())).isTrue();
          assertThat(c.isEmpty(c.all()))
              .as(c.name())
              .isEqualTo(c.bytes(c.all()).equals(c.bytes(c.zero())));
        });
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void mergeCommutes(Subject subject) {
    check(
        subject,
        c -> c.same("a + b = b + a", c.merge(c.left(), c.right()), c.merge(c.right(), c.left())));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void mergeAssociates(Subject subject) {
    check(
        subject,
        c ->
            c.same(
                "(a + b) + c = a + (b + c)",
                c.merge(c.merge(c.left(), c.middle()), c.right()),
                c.merge(c.left(), c.merge(c.middle(), c.right()))));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void orderDoesNotMatter(Subject subject) {
    check(subject, c -> c.same("any order", c.shuffled(), c.all()));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void anyTreeOfMergesIsTheSinglePass(Subject subject) {
    check(subject, c -> c.same("any tree", c.tree(), c.all()));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void whatIsWrittenIsReadBack(Subject subject) {
    check(
        subject,
        c -> {
          c.same("read(write(a)) = a", c.reread(c.all()), c.all());
          c.same(
              "read(write(a)) + read(write(b)) = a + b",
              c.merge(c.reread(c.left()), c.reread(c.right())),
              c.merge(c.left(), c.right()));
        });
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void aCopyIsIndependent(Subject subject) {
    check(subject, Case::copyIsIndependent);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void mergeLeavesItsArgumentAlone(Subject subject) {
    check(subject, Case::mergeLeavesArgument);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void subtractUndoesMerge(Subject subject) {
    check(subject, Case::subtractUndoesMerge);
  }

  private static void check(Subject subject, Consumer<Case<?>> law) {
    for (int i = 0; i < CASES; i++) {
      law.accept(Case.of(subject, subject.toString().hashCode() * 1000L + i, i));
    }
  }

  /** One seed's events, and accumulators of them. */
  private static final class Case<A> {
    private final Subject subject;
    private final Aggregate<A> aggregate;
    private final Algebra<A> algebra;
    private final long seed;
    private final List<Event> events;
    private final long at;

    private Case(Subject subject, Aggregate<A> aggregate, long seed, int size) {
      this.subject = subject;
      this.aggregate = aggregate;
      this.algebra = aggregate.algebra();
      this.seed = seed;
      this.events = new Samples(seed).events(subject.type(), size);
      this.at = events.stream().mapToLong(e -> e.at().ingestedAt()).max().orElse(0) + 12_345;
    }

    static Case<?> of(Subject subject, long seed, int i) {
      return new Case<>(subject, subject.aggregate(), seed, i % 30 == 29 ? 700 : i % 12);
    }

    String name() {
      return subject + ", seed " + seed;
    }

    A zero() {
      return algebra.zero();
    }

    A all() {
      return of(events);
    }

    A left() {
      return of(events.subList(0, events.size() / 3));
    }

    A middle() {
      return of(events.subList(events.size() / 3, events.size() / 2));
    }

    A right() {
      return of(events.subList(events.size() / 2, events.size()));
    }

    private A of(List<Event> some) {
      A accumulator = algebra.zero();
      for (Event event : some) {
        accumulator = algebra.add(accumulator, event.value(), event.at());
      }
      return accumulator;
    }

    A shuffled() {
      List<Event> other = new ArrayList<>(events);
      Collections.shuffle(other, new Random(seed));
      return of(other);
    }

    A tree() {
      List<Event> other = new ArrayList<>(events);
      Random random = new Random(seed);
      Collections.shuffle(other, random);
      return tree(other, random);
    }

    private A tree(List<Event> some, Random random) {
      if (some.size() < 2) {
        return of(some);
      }
      int cut = random.nextInt(some.size() + 1);
      if (cut == 0 || cut == some.size()) {
        return of(some);
      }
      return merge(
          tree(some.subList(0, cut), random), tree(some.subList(cut, some.size()), random));
    }

    A merge(Object a, Object b) {
      return algebra.merge(cast(a), cast(b));
    }

    boolean isEmpty(Object a) {
      return algebra.isEmpty(cast(a));
    }

    @SuppressWarnings("unchecked")
    private A cast(Object accumulator) {
      return (A) accumulator;
    }

    A reread(Object accumulator) {
      try {
        byte[] bytes = write(accumulator);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        A read = algebra.read(new DataInputStream(in));
        assertThat(in.available()).as("%s: bytes left unread", name()).isZero();
        return read;
      } catch (IOException e) {
        throw new UncheckedIOException(name(), e);
      }
    }

    private byte[] write(Object accumulator) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        algebra.write(cast(accumulator), new DataOutputStream(bytes));
      } catch (IOException e) {
        throw new UncheckedIOException(name(), e);
      }
      return bytes.toByteArray();
    }

    String bytes(Object accumulator) {
      return java.util.HexFormat.of().formatHex(write(accumulator));
    }

    /** Equal bytes, and values that are equal to the bit. */
    void same(String law, Object a, Object b) {
      assertThat(bytes(a)).as("%s: %s", name(), law).isEqualTo(bytes(b));
      assertThat(algebra.isEmpty(cast(a))).as("%s: %s", name(), law).isEqualTo(isEmpty(b));
      if (!isEmpty(a)) {
        // Doubles within are equal only if their bits are.
        assertThat(finish(a)).as("%s: %s, finished", name(), law).isEqualTo(finish(b));
      }
    }

    private Object finish(Object accumulator) {
      return aggregate.finisher().finish(cast(accumulator), at);
    }

    void copyIsIndependent() {
      A original = left();
      A copy = algebra.copy(original);
      same("copy(a) = a", copy, left());
      merge(copy, right());
      same("a copy's change", original, left());
      A second = algebra.copy(original);
      merge(original, right());
      same("the original's change", second, left());
    }

    void mergeLeavesArgument() {
      A argument = right();
      A sum = merge(left(), argument);
      same("merge's argument", argument, right());
      String before = bytes(sum);
      merge(argument, middle());
      assertThat(bytes(sum))
          .as("%s: merge keeps nothing of its argument", name())
          .isEqualTo(before);
      if (!isEmpty(sum)) {
        finish(sum);
        assertThat(bytes(sum)).as("%s: finishing changes nothing", name()).isEqualTo(before);
      }
    }

    void subtractUndoesMerge() {
      if (algebra instanceof Algebra.Invertible<A> invertible) {
        A part = right();
        same("a + b - b = a", invertible.subtract(merge(left(), part), part), left());
        same("subtract's argument", part, right());
        same("a + b - a = b", invertible.subtract(merge(left(), right()), left()), right());
        same("a - a = 0", invertible.subtract(all(), shuffled()), zero());
      }
    }
  }
}
