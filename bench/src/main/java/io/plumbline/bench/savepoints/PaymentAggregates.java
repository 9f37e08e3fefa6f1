package io.plumbline.bench.savepoints;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.api.java.typeutils.SetTypeInfo;

/** Accumulators of the payments set's windows, in Flink's most compact types. */
final class PaymentAggregates {
  static final TypeInformation<Tuple2<Long, Double>> MINUTES =
      Types.TUPLE(Types.LONG, Types.DOUBLE);
  static final TypeInformation<Tuple4<Long, Long, Double, Double>> HOUR =
      Types.TUPLE(Types.LONG, Types.LONG, Types.DOUBLE, Types.DOUBLE);
  static final TypeInformation<Tuple3<Long, Double, Set<String>>> DAY =
      Types.TUPLE(Types.LONG, Types.DOUBLE, new SetTypeInfo<>(Types.STRING));
  static final TypeInformation<Tuple3<Long, Double, Double>> MONTH =
      Types.TUPLE(Types.LONG, Types.DOUBLE, Types.DOUBLE);
  static final TypeInformation<Tuple2<Long, Long>> DECLINED_OF =
      Types.TUPLE(Types.LONG, Types.LONG);
  static final TypeInformation<Map<Integer, Long>> QUANTILE = Types.MAP(Types.INT, Types.LONG);

  private PaymentAggregates() {}

  /** Payments and what was paid. */
  static final class Minutes implements PaymentWindows.Features<Tuple2<Long, Double>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple2<Long, Double> createAccumulator() {
      return Tuple2.of(0L, 0.0);
    }

    @Override
    public Tuple2<Long, Double> add(Payment payment, Tuple2<Long, Double> a) {
      a.f0++;
      a.f1 += paid(payment);
      return a;
    }

    @Override
    public Tuple2<Long, Double> getResult(Tuple2<Long, Double> a) {
      return a;
    }

    @Override
    public Tuple2<Long, Double> merge(Tuple2<Long, Double> a, Tuple2<Long, Double> b) {
      throw neverMerged();
    }

    @Override
    public void values(Tuple2<Long, Double> a, PaymentWindows.Values out) {
      out.add("user_payments_5m:v1", a.f0);
      out.add("user_spend_5m:v1", a.f1);
    }
  }

  /** Payments a minute. */
  static final class Rate implements PaymentWindows.Features<Long> {
    private static final long serialVersionUID = 1L;
    private static final int MINUTES_OF_WINDOW = 10;

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Payment payment, Long a) {
      return a + 1;
    }

    @Override
    public Long getResult(Long a) {
      return a;
    }

    @Override
    public Long merge(Long a, Long b) {
      throw neverMerged();
    }

    @Override
    public void values(Long a, PaymentWindows.Values out) {
      out.add("user_payments_per_minute:v1", (double) a / MINUTES_OF_WINDOW);
    }
  }

  /** Payments, those declined, what was tried to be paid, and what was paid. */
  static final class Hour implements PaymentWindows.Features<Tuple4<Long, Long, Double, Double>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple4<Long, Long, Double, Double> createAccumulator() {
      return Tuple4.of(0L, 0L, 0.0, 0.0);
    }

    @Override
    public Tuple4<Long, Long, Double, Double> add(
        Payment payment, Tuple4<Long, Long, Double, Double> a) {
      a.f0++;
      a.f1 += payment.approved ? 0 : 1;
      a.f2 += payment.amount;
      a.f3 += paid(payment);
      return a;
    }

    @Override
    public Tuple4<Long, Long, Double, Double> getResult(Tuple4<Long, Long, Double, Double> a) {
      return a;
    }

    @Override
    public Tuple4<Long, Long, Double, Double> merge(
        Tuple4<Long, Long, Double, Double> a, Tuple4<Long, Long, Double, Double> b) {
      throw neverMerged();
    }

    @Override
    public void values(Tuple4<Long, Long, Double, Double> a, PaymentWindows.Values out) {
      out.add("user_payments_1h:v1", a.f0);
      out.add("user_declined_1h:v1", a.f1);
      out.add("user_spend_1h:v1", a.f2);
      out.add("user_spend_1h:v2", a.f3);
    }
  }

  /** Payments, what was paid, and merchants. */
  static final class Day implements PaymentWindows.Features<Tuple3<Long, Double, Set<String>>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple3<Long, Double, Set<String>> createAccumulator() {
      return Tuple3.of(0L, 0.0, new HashSet<>());
    }

    @Override
    public Tuple3<Long, Double, Set<String>> add(
        Payment payment, Tuple3<Long, Double, Set<String>> a) {
      a.f0++;
      a.f1 += paid(payment);
      if (payment.merchant != null) {
        a.f2.add(payment.merchant);
      }
      return a;
    }

    @Override
    public Tuple3<Long, Double, Set<String>> getResult(Tuple3<Long, Double, Set<String>> a) {
      return a;
    }

    @Override
    public Tuple3<Long, Double, Set<String>> merge(
        Tuple3<Long, Double, Set<String>> a, Tuple3<Long, Double, Set<String>> b) {
      throw neverMerged();
    }

    @Override
    public void values(Tuple3<Long, Double, Set<String>> a, PaymentWindows.Values out) {
      out.add("user_payments_24h:v1", a.f0);
      out.add("user_spend_24h:v1", a.f1);
      out.add("user_distinct_merchants_24h:v1", a.f2.size());
    }
  }

  /** Number, mean and sum of squared differences from it (Welford, 1962) of amounts. */
  static final class Month implements PaymentWindows.Features<Tuple3<Long, Double, Double>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple3<Long, Double, Double> createAccumulator() {
      return Tuple3.of(0L, 0.0, 0.0);
    }

    @Override
    public Tuple3<Long, Double, Double> add(Payment payment, Tuple3<Long, Double, Double> a) {
      a.f0++;
      double fromOld = payment.amount - a.f1;
      a.f1 += fromOld / a.f0;
      a.f2 += fromOld * (payment.amount - a.f1);
      return a;
    }

    @Override
    public Tuple3<Long, Double, Double> getResult(Tuple3<Long, Double, Double> a) {
      return a;
    }

    @Override
    public Tuple3<Long, Double, Double> merge(
        Tuple3<Long, Double, Double> a, Tuple3<Long, Double, Double> b) {
      throw neverMerged();
    }

    @Override
    public void values(Tuple3<Long, Double, Double> a, PaymentWindows.Values out) {
      out.add("user_amount_mean_30d:v1", a.f1);
      if (a.f0 > 1) {
        out.add("user_amount_stddev_30d:v1", Math.sqrt(a.f2 / (a.f0 - 1)));
      }
    }
  }

  /** Payments at a merchant, and those declined. */
  static final class Declined implements PaymentWindows.Features<Tuple2<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Tuple2<Long, Long> createAccumulator() {
      return Tuple2.of(0L, 0L);
    }

    @Override
    public Tuple2<Long, Long> add(Payment payment, Tuple2<Long, Long> a) {
      a.f0++;
      a.f1 += payment.approved ? 0 : 1;
      return a;
    }

    @Override
    public Tuple2<Long, Long> getResult(Tuple2<Long, Long> a) {
      return a;
    }

    @Override
    public Tuple2<Long, Long> merge(Tuple2<Long, Long> a, Tuple2<Long, Long> b) {
      throw neverMerged();
    }

    @Override
    public void values(Tuple2<Long, Long> a, PaymentWindows.Values out) {
      out.add("merchant_payments_1h:v1", a.f0);
      out.add("merchant_declined_1h:v1", a.f1);
    }
  }

  /**
   * How many approved amounts lie in each of buckets that grow by 2 % (Masson et al., DDSketch).
   */
  static final class Quantile implements PaymentWindows.Features<Map<Integer, Long>> {
    private static final long serialVersionUID = 1L;
    private static final double GROWTH = 1.01 / 0.99;
    private static final double QUANTILE = 0.95;

    @Override
    public Map<Integer, Long> createAccumulator() {
      return new HashMap<>();
    }

    @Override
    public Map<Integer, Long> add(Payment payment, Map<Integer, Long> a) {
      if (payment.approved) {
        a.merge((int) Math.ceil(Math.log(payment.amount) / Math.log(GROWTH)), 1L, Long::sum);
      }
      return a;
    }

    @Override
    public Map<Integer, Long> getResult(Map<Integer, Long> a) {
      return a;
    }

    @Override
    public Map<Integer, Long> merge(Map<Integer, Long> a, Map<Integer, Long> b) {
      throw neverMerged();
    }

    @Override
    public void values(Map<Integer, Long> a, PaymentWindows.Values out) {
      long count = a.values().stream().mapToLong(Long::longValue).sum();
      long rank = (long) Math.floor(QUANTILE * (count - 1));
      for (Map.Entry<Integer, Long> bucket : new TreeMap<>(a).entrySet()) {
        rank -= bucket.getValue();
        if (rank < 0) {
          out.add(
              "merchant_amount_p95_24h:v1", 2 * Math.pow(GROWTH, bucket.getKey()) / (GROWTH + 1));
          return;
        }
      }
    }
  }

  private static double paid(Payment payment) {
    return payment.approved ? payment.amount : 0;
  }

  private static UnsupportedOperationException neverMerged() {
    return new UnsupportedOperationException("only session windows are merged");
  }
}
