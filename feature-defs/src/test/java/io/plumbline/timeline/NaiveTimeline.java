package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Emit;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Window;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The contract read aloud: looks at every event for every question, with sets and big numbers and
 * no state. Slow and plainly right; what is fast is compared with it, here and in other modules.
 */
public final class NaiveTimeline {

  /** An event's value for one feature. */
  public record Contribution(Moment moment, Object value) {
    long time() {
      return moment.eventTime();
    }
  }

  private final Feature.Windowed feature;
  private final long lateness;

  public NaiveTimeline(Feature.Windowed feature, long latenessMs) {
    this.feature = feature;
    this.lateness = latenessMs;
  }

  /**
   * The feature's value; null where there is none.
   *
   * @param known the contributions known at {@code at}
   */
  public Object valueAt(List<Contribution> known, long at) {
    List<Contribution> window = new ArrayList<>(window(known, at));
    window.removeIf(c -> !contributes(c.value));
    window.sort(Comparator.comparing(Contribution::moment));
    return window.isEmpty() ? null : aggregate(window, at);
  }

  private boolean contributes(Object value) {
    return !(feature.aggregation() instanceof Aggregation.VectorMean v)
        || ((List<?>) value).size() == v.n();
  }

  /** The contributions in the window that is shown. */
  List<Contribution> window(List<Contribution> known, long at) {
    if (feature.window() instanceof Window.Lifetime && feature.retainMs().isEmpty()) {
      return known;
    }
    if (feature.window() instanceof Window.Sliding w) {
      BigInteger t = BigInteger.valueOf(at);
      BigInteger reach = feature.emit() == Emit.LIVE ? t : t.subtract(BigInteger.valueOf(lateness));
      BigInteger[] parts =
          reach.subtract(BigInteger.valueOf(w.offsetMs())).divideAndRemainder(big(w.slideMs()));
      BigInteger floor = parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
      BigInteger last = floor.multiply(big(w.slideMs())).add(big(w.offsetMs()));
      BigInteger end = feature.emit() == Emit.LIVE ? last.add(big(w.slideMs())) : last;
      BigInteger start = end.subtract(big(w.sizeMs()));
      return known.stream()
          .filter(c -> big(c.time()).compareTo(start) >= 0 && big(c.time()).compareTo(end) < 0)
          .toList();
    }
    long gap =
        feature.window() instanceof Window.Session s ? s.gapMs() : feature.retainMs().getAsLong();
    return session(known, at, gap);
  }

  private static BigInteger big(long n) {
    return BigInteger.valueOf(n);
  }

  private List<Contribution> session(List<Contribution> known, long at, long gap) {
    List<Contribution> sorted = new ArrayList<>(known);
    sorted.sort(Comparator.comparing(Contribution::moment));
    List<List<Contribution>> sessions = new ArrayList<>();
    for (Contribution c : sorted) {
      List<Contribution> newest = sessions.isEmpty() ? null : sessions.get(sessions.size() - 1);
      if (newest == null || c.time() - newest.get(newest.size() - 1).time() > gap) {
        newest = new ArrayList<>();
        sessions.add(newest);
      }
      newest.add(c);
    }
    List<Contribution> shown = List.of();
    for (List<Contribution> s : sessions) {
      long last = s.get(s.size() - 1).time();
      if (feature.emit() == Emit.LIVE) {
        if (at - last <= gap) {
          shown = s;
        }
      } else if (last + gap + lateness <= at) {
        boolean kept =
            feature.retainMs().isEmpty()
                || at <= last + gap + lateness + feature.retainMs().getAsLong();
        shown = kept ? s : List.of();
      }
    }
    return shown;
  }

  private Object aggregate(List<Contribution> in, long at) {
    Aggregation a = feature.aggregation();
    List<Object> values = in.stream().map(Contribution::value).toList();
    Contribution last = in.get(in.size() - 1);
    if (a instanceof Aggregation.Count) {
      return (long) in.size();
    } else if (a instanceof Aggregation.Rate r) {
      long size = ((Window.Sliding) feature.window()).sizeMs();
      return (double) (in.size() * r.unitMs()) / size;
    } else if (a instanceof Aggregation.Sum) {
      return sum(values);
    } else if (a instanceof Aggregation.Mean) {
      return mean(values);
    } else if (a instanceof Aggregation.Min) {
      return values.stream().min(NaiveTimeline::compare).orElseThrow();
    } else if (a instanceof Aggregation.Max) {
      return values.stream().max(NaiveTimeline::compare).orElseThrow();
    } else if (a instanceof Aggregation.VarPop) {
      return variance(values, 0);
    } else if (a instanceof Aggregation.VarSamp) {
      return variance(values, 1);
    } else if (a instanceof Aggregation.StddevPop) {
      return root(variance(values, 0));
    } else if (a instanceof Aggregation.StddevSamp) {
      return root(variance(values, 1));
    } else if (a instanceof Aggregation.First) {
      return values.get(0);
    } else if (a instanceof Aggregation.Last) {
      return last.value;
    } else if (a instanceof Aggregation.LastN n) {
      List<Object> newest = new ArrayList<>(values);
      java.util.Collections.reverse(newest);
      return newest.subList(0, Math.min(n.n(), newest.size()));
    } else if (a instanceof Aggregation.DistinctCount
        || a instanceof Aggregation.ApproxDistinctCount) {
      TreeSet<Object> distinct = new TreeSet<>(NaiveTimeline::compare);
      distinct.addAll(values);
      return (long) distinct.size();
    } else if (a instanceof Aggregation.Mode) {
      return top(values, 1).get(0);
    } else if (a instanceof Aggregation.TopK k) {
      return top(values, k.k());
    } else if (a instanceof Aggregation.TimeSinceLast) {
      return (at - last.time()) / 1000.0;
    } else if (a instanceof Aggregation.VectorMean v) {
      return vectorMean(values, v.n());
    } else if (a instanceof Aggregation.ApproxQuantile q) {
      List<Object> sorted = new ArrayList<>(values);
      sorted.sort(NaiveTimeline::compare);
      return sorted.get((int) Math.floor(q.q() * (sorted.size() - 1)));
    } else if (a instanceof Aggregation.DecayedSum d) {
      return decayed(in, at, d.halfLifeMs(), false);
    } else if (a instanceof Aggregation.DecayedCount d) {
      return decayed(in, at, d.halfLifeMs(), true);
    }
    throw new AssertionError(a);
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Long n ? BigDecimal.valueOf(n) : new BigDecimal((Double) value);
  }

  private static BigDecimal exactSum(List<Object> values) {
    return values.stream().map(NaiveTimeline::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static Object finite(double value) {
    return Double.isFinite(value) ? (Object) (value + 0.0) : null;
  }

  private static Object sum(List<Object> values) {
    BigDecimal sum = exactSum(values);
    if (values.get(0) instanceof Long) {
      return sum.toBigInteger().bitLength() < 64 ? (Object) sum.longValueExact() : null;
    }
    return finite(sum.doubleValue());
  }

  private static Object mean(List<Object> values) {
    BigDecimal sum = exactSum(values);
    return finite(sum.doubleValue() / values.size());
  }

  /** Variance, or null. */
  private static Object variance(List<Object> values, int less) {
    int n = values.size();
    if (n - less == 0) {
      return null;
    }
    BigDecimal sum = exactSum(values);
    BigDecimal squares =
        values.stream().map(v -> exact(v).pow(2)).reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal spread = squares.multiply(BigDecimal.valueOf(n)).subtract(sum.pow(2));
    BigDecimal divisor = BigDecimal.valueOf((long) n * (n - less));
    return finite(spread.divide(divisor, new MathContext(60)).doubleValue());
  }

  private static Object root(Object variance) {
    return variance == null ? null : Math.sqrt((Double) variance);
  }

  private static List<Object> top(List<Object> values, int k) {
    Map<Object, Integer> counts = new HashMap<>();
    values.forEach(v -> counts.merge(v, 1, Integer::sum));
    return counts.keySet().stream()
        .sorted(
            Comparator.comparing((Object v) -> -counts.get(v))
                .thenComparing(NaiveTimeline::compare))
        .limit(k)
        .toList();
  }

  private static Object vectorMean(List<Object> vectors, int n) {
    List<Object> means = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int at = i;
      List<Object> elements = vectors.stream().map(v -> (Object) ((List<?>) v).get(at)).toList();
      means.add(mean(elements));
    }
    return means.contains(null) ? null : means;
  }

  private static Object decayed(List<Contribution> in, long at, long halfLife, boolean count) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Contribution c : in) {
      double v = count ? 1.0 : exact(c.value).doubleValue();
      sum = sum.add(exact(v * Math.pow(2, -((double) (at - c.time()) / halfLife))));
    }
    return finite(sum.doubleValue());
  }

  /** Numbers by size, strings by code point, false before true. */
  static int compare(Object a, Object b) {
    if (a instanceof String s && b instanceof String t) {
      return java.util.Arrays.compare(s.codePoints().toArray(), t.codePoints().toArray());
    }
    if (a instanceof Boolean p && b instanceof Boolean q) {
      return Boolean.compare(p, q);
    }
    return exact(a).compareTo(exact(b));
  }
}
