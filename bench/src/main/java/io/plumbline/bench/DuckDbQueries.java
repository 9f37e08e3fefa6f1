package io.plumbline.bench;

import java.nio.file.Path;

/**
 * The ten features of {@link FeatureChoice#TEN} in SQL, in several ways that give the same table.
 *
 * <p>All share the admission: too late and too far in the future are dropped, an event from the
 * near future happened when it was ingested. As known at {@code at}, a sliding window holds the
 * admitted events with {@code ingested_at <= at} and {@code event_time >= start}, where {@code
 * start = floor(at / slide) · slide + slide - size}.
 */
enum DuckDbQueries {
  /** Every observation joined with every event of its windows. The obvious one. */
  RANGE_JOIN(
      """
      , answered AS (
        SELECT o.row,
          count(*) FILTER (e.event_time >= o.start_1h) AS count_1h,
          sum(e.amount) FILTER (e.event_time >= o.start_1h) AS sum_1h,
          count(*) FILTER (e.event_time >= o.start_24h) AS count_24h,
          sum(e.amount) FILTER (e.event_time >= o.start_24h) AS sum_24h,
          count(*) FILTER (e.event_time >= o.start_7d) AS count_7d,
          sum(e.amount) FILTER (e.event_time >= o.start_7d) AS sum_7d,
          max(e.amount) FILTER (e.event_time >= o.start_7d) AS max_7d,
          arg_max(e.amount, (e.event_time, e.ingested_at, e.part, e.pos)) AS last_amount,
          count(*) AS count_all
        FROM observations o JOIN events e
          ON e.user_id = o.user_id AND e.ingested_at <= o.at_ms
        GROUP BY o.row)
      SELECT o.row, o.at_timestamp AS "at", o.user_id, o.label,
        coalesce(count_1h, 0) AS count_1h, sum_1h,
        coalesce(count_24h, 0) AS count_24h, sum_24h,
        coalesce(count_7d, 0) AS count_7d, sum_7d,
        sum_24h / count_24h AS mean_24h, max_7d, last_amount,
        coalesce(count_all, 0) AS count_all
      FROM observations o LEFT JOIN answered USING (row)
      """),

  /**
   * Window frames over events and observations together, sorted once by event time and once by
   * ingestion.
   *
   * <p>An event arrives at most {@code lateness} after it happened, and no window is shorter than
   * its slide plus that. So every admitted event from before a window's start is known at {@code
   * at}, and a count over the window is the events ingested by {@code at} less those that happened
   * before the start: two running numbers, each along one order. The same holds for sums. A maximum
   * cannot be subtracted, but may see an event twice: it is the greater one of those ingested since
   * start + lateness, which all happened after the start, and of those that happened in [start,
   * start + lateness], which are all known.
   */
  FRAMES(
      """
      , ranked AS MATERIALIZED (
        SELECT user_id, event_time, ingested_at, amount,
          row_number() OVER (
            PARTITION BY user_id ORDER BY event_time, ingested_at, part, pos) AS rank
        FROM events),
      by_event_time AS (
        SELECT row,
          coalesce(count(amount) OVER before_1h, 0) AS count_before_1h,
          coalesce(sum(amount) OVER before_1h, 0) AS sum_before_1h,
          coalesce(count(amount) OVER before_24h, 0) AS count_before_24h,
          coalesce(sum(amount) OVER before_24h, 0) AS sum_before_24h,
          coalesce(count(amount) OVER before_7d, 0) AS count_before_7d,
          coalesce(sum(amount) OVER before_7d, 0) AS sum_before_7d,
          max(amount) OVER first_7d AS max_first_7d
        FROM (
          SELECT user_id, NULL AS row, event_time AS t, amount,
            0 AS back_1h, 0 AS back_24h, 0 AS back_7d FROM ranked
          UNION ALL
          SELECT user_id, row, at_ms, NULL,
            at_ms - start_1h + 1, at_ms - start_24h + 1, at_ms - start_7d FROM observations)
        WINDOW
          before_1h AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN UNBOUNDED PRECEDING AND back_1h PRECEDING),
          before_24h AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN UNBOUNDED PRECEDING AND back_24h PRECEDING),
          before_7d AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN UNBOUNDED PRECEDING AND (back_7d + 1) PRECEDING),
          first_7d AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN back_7d PRECEDING AND greatest(back_7d - $lateness, 0) PRECEDING)
        QUALIFY row IS NOT NULL),
      by_ingestion AS (
        SELECT row, at_timestamp, user_id, label,
          count(amount) OVER known AS count_all,
          coalesce(sum(amount) OVER known, 0) AS sum_all,
          arg_max(amount, rank) OVER known AS last_amount,
          max(amount) OVER rest_7d AS max_rest_7d
        FROM (
          SELECT user_id, NULL AS row, NULL AS at_timestamp, NULL AS label,
            ingested_at AS t, amount, rank, 0 AS back FROM ranked
          UNION ALL
          SELECT user_id, row, at_timestamp, label, at_ms, NULL, NULL, at_ms - start_7d - $lateness
          FROM observations)
        WINDOW
          known AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
          rest_7d AS (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN back PRECEDING AND CURRENT ROW)
        QUALIFY row IS NOT NULL)
      """
          + Text.FROM_RUNNING_NUMBERS),

  /**
   * The same numbers, but only the events get running ones; each observation looks up the latest
   * event at each of its times with an ASOF join. The maximum stays a frame.
   */
  ASOF_JOINS(
      """
      , ranked AS MATERIALIZED (
        SELECT user_id, event_time, ingested_at, amount,
          row_number() OVER (
            PARTITION BY user_id ORDER BY event_time, ingested_at, part, pos) AS rank
        FROM events),
      happened AS MATERIALIZED (
        SELECT user_id, event_time AS t,
          count(*) OVER to_here AS n,
          sum(amount) OVER to_here AS total
        FROM ranked
        WINDOW to_here AS (PARTITION BY user_id ORDER BY event_time)),
      known AS (
        SELECT user_id, ingested_at AS t,
          count(*) OVER to_here AS n,
          sum(amount) OVER to_here AS total,
          arg_max(amount, rank) OVER to_here AS last_amount
        FROM ranked
        WINDOW to_here AS (PARTITION BY user_id ORDER BY ingested_at)),
      first_maxima AS (
        SELECT row, max(amount) OVER (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN back PRECEDING AND greatest(back - $lateness, 0) PRECEDING)
          AS max_first_7d
        FROM (
          SELECT user_id, NULL AS row, event_time AS t, amount, 0 AS back FROM ranked
          UNION ALL
          SELECT user_id, row, at_ms, NULL, at_ms - start_7d FROM observations)
        QUALIFY row IS NOT NULL),
      rest_maxima AS (
        SELECT row, max(amount) OVER (PARTITION BY user_id ORDER BY t
            RANGE BETWEEN back PRECEDING AND CURRENT ROW) AS max_rest_7d
        FROM (
          SELECT user_id, NULL AS row, ingested_at AS t, amount, 0 AS back FROM ranked
          UNION ALL
          SELECT user_id, row, at_ms, NULL, at_ms - start_7d - $lateness FROM observations)
        QUALIFY row IS NOT NULL),
      by_ingestion AS (
        SELECT o.row, o.at_timestamp, o.user_id, o.label,
          coalesce(k.n, 0) AS count_all, coalesce(k.total, 0) AS sum_all, k.last_amount,
          max_rest_7d
        FROM observations o
          ASOF LEFT JOIN known k ON k.user_id = o.user_id AND o.at_ms >= k.t
          JOIN rest_maxima m ON m.row = o.row),
      by_event_time AS (
        SELECT o.row,
          coalesce(h.n, 0) AS count_before_1h, coalesce(h.total, 0) AS sum_before_1h,
          coalesce(d.n, 0) AS count_before_24h, coalesce(d.total, 0) AS sum_before_24h,
          coalesce(w.n, 0) AS count_before_7d, coalesce(w.total, 0) AS sum_before_7d,
          max_first_7d
        FROM observations o
          ASOF LEFT JOIN happened h ON h.user_id = o.user_id AND o.start_1h > h.t
          ASOF LEFT JOIN happened d ON d.user_id = o.user_id AND o.start_24h > d.t
          ASOF LEFT JOIN happened w ON w.user_id = o.user_id AND o.start_7d > w.t
          JOIN first_maxima m ON m.row = o.row)
      """
          + Text.FROM_RUNNING_NUMBERS);

  /** What queries share. */
  private static final class Text {
    static final String FROM_RUNNING_NUMBERS =
        """
      SELECT row, at_timestamp AS "at", user_id, label,
        count_all - count_before_1h AS count_1h,
        CASE WHEN count_all > count_before_1h THEN sum_all - sum_before_1h END AS sum_1h,
        count_all - count_before_24h AS count_24h,
        CASE WHEN count_all > count_before_24h THEN sum_all - sum_before_24h END AS sum_24h,
        count_all - count_before_7d AS count_7d,
        CASE WHEN count_all > count_before_7d THEN sum_all - sum_before_7d END AS sum_7d,
        CASE WHEN count_all > count_before_24h
          THEN (sum_all - sum_before_24h) / (count_all - count_before_24h) END AS mean_24h,
        greatest(max_first_7d, max_rest_7d) AS max_7d,
        last_amount, count_all
      FROM by_ingestion JOIN by_event_time USING (row)
      """;

    static final String INPUT =
        """
      WITH raw AS (
        SELECT user_id, epoch_ms(purchased_at) AS sent_time, epoch_ms(_ingested_at) AS ingested_at,
          amount, _partition AS part, _offset AS pos
        FROM read_parquet('$lake/**/*.parquet', hive_partitioning = false)),
      events AS (
        SELECT user_id, least(sent_time, ingested_at) AS event_time, ingested_at, amount, part, pos
        FROM raw
        WHERE sent_time - ingested_at <= $skew AND ingested_at - sent_time <= $lateness),
      observations AS (
        SELECT row, "at" AS at_timestamp, epoch_ms("at") AS at_ms, user_id, label,
          epoch_ms("at") // 300000 * 300000 + 300000 - 3600000 AS start_1h,
          epoch_ms("at") // 3600000 * 3600000 + 3600000 - 86400000 AS start_24h,
          epoch_ms("at") // 3600000 * 3600000 + 3600000 - 604800000 AS start_7d
        FROM read_parquet('$observations'))
      """;
  }

  private final String query;

  DuckDbQueries(String query) {
    this.query = query;
  }

  /** The statement that reads a workload's Parquet and writes the table as Parquet. */
  String statement(WorkloadWriter.Data data, Path table) {
    String sql =
        (Text.INPUT + query)
            .replace("$lake", data.lake().resolve(WorkloadWriter.SOURCE).toString())
            .replace("$observations", data.observations().toString())
            .replace("$lateness", Long.toString(WorkloadWriter.LATENESS_MS))
            .replace("$skew", Long.toString(WorkloadWriter.MAX_CLOCK_SKEW_MS));
    return "COPY (" + sql + ") TO '" + table + "' (FORMAT parquet)";
  }
}
