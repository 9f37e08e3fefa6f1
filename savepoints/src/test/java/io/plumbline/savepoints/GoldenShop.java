package io.plumbline.savepoints;

import java.io.IOException;
import java.nio.file.Path;

/** The definitions of golden savepoints: every kind of accumulator, of window and of time. */
final class GoldenShop {
  private static final String FEATURES =
      """
      features:
        - {name: count_1h, version: 1, entity: user, source: purchase, aggregate: count,
           window: {sliding: 1h, every: 5m}}
        - {name: spend_1h, version: 1, entity: user, source: purchase, value: amount,
           aggregate: sum, window: {sliding: 1h, every: 5m}}
        - {name: cents_1d, version: 1, entity: user, source: purchase, value: 'int(amount)',
           aggregate: mean, window: {tumbling: 1d}}
        - {name: per_hour, version: 1, entity: user, source: purchase, aggregate: {rate: 1h},
           window: {tumbling: 1d}}
        - {name: closed_1h, version: 1, entity: user, source: purchase, value: amount,
           aggregate: sum, window: {tumbling: 1h}, emit: closed}
        - {name: least, version: 1, entity: user, source: purchase, value: amount,
           aggregate: min, window: {session: 1h}}
        - {name: run, version: 1, entity: user, source: purchase, value: shop_id,
           aggregate: max, window: {session: 10m}, emit: closed, retain: 1d}
        - {name: spread, version: 1, entity: user, source: purchase, value: amount,
           aggregate: stddev_samp, window: lifetime}
        - {name: first_shop, version: 1, entity: user, source: purchase, value: shop_id,
           aggregate: first, window: lifetime}
        - {name: last_amounts, version: 1, entity: user, source: purchase, value: amount,
           aggregate: {last_n: 3}, window: lifetime}
        - {name: shops, version: 1, entity: user, source: purchase, value: shop_id,
           aggregate: distinct_count, window: lifetime}
        - {name: top_shops, version: 1, entity: user, source: purchase, value: shop_id,
           aggregate: {top_k: 2}, window: {sliding: 2h, every: 30m}}
        - {name: since, version: 1, entity: user, source: purchase, aggregate: time_since_last,
           window: lifetime}
        - {name: median, version: 1, entity: user, source: purchase, value: amount,
           aggregate: {approx_quantile: 0.5}, window: lifetime}
        - {name: ids, version: 1, entity: user, source: purchase, value: id,
           aggregate: approx_distinct_count, window: lifetime}
        - {name: faded, version: 1, entity: user, source: purchase, value: amount,
           aggregate: {decayed_sum: 1h}, window: lifetime}
        - {name: faded_count, version: 1, entity: user, source: purchase,
           aggregate: {decayed_count: 1h}, window: lifetime, retain: 30d}
        - {name: purchases, version: 1, entity: user, source: purchase, aggregate: count,
           window: lifetime}
        - {name: sales, version: 1, entity: shop, source: purchase, value: amount,
           aggregate: sum, window: lifetime}
      """;

  private GoldenShop() {}

  static Path definitions(Path folder) throws IOException {
    return Shop.definitions(folder, FEATURES);
  }
}
