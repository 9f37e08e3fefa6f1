package io.plumbline.bench.windows;

import java.io.Serializable;
import java.time.Duration;

/**
 * A stream of purchases, evenly spread over the time of the log: the same for the same record,
 * however many readers share it, because each event follows from its number alone.
 *
 * @param keys how many users there are; some buy far more than others: number {@code keys · u³} for
 *     an even {@code u}
 * @param hotShare how much of all events the first user has beside that, from 0 to 1
 * @param eventsPerDay of the log's time; a stream that is cut short is as dense as a whole one
 * @param events after which it ends
 * @param disorder events reach the log up to so much after they happened
 * @param watermarks time of the log between two of them
 */
record PurchaseStream(
    int keys,
    double hotShare,
    long eventsPerDay,
    long events,
    Duration disorder,
    Duration watermarks)
    implements Serializable {
  /** 2026-01-01T00:00Z. */
  static final long START_MS = 1_767_225_600_000L;

  static final long DAY_MS = Duration.ofDays(1).toMillis();

  private static final long SEED = 0x9E3779B97F4A7C15L;

  PurchaseStream {
    if (keys < 1 || eventsPerDay < 1 || events < 1 || watermarks.toMillis() < 1) {
      throw new IllegalArgumentException(
          keys + " keys, " + eventsPerDay + " events a day, " + events + " events, " + watermarks);
    }
  }

  /** When the log takes an event, epoch ms. */
  long logTime(long event) {
    return START_MS + event / eventsPerDay * DAY_MS + event % eventsPerDay * DAY_MS / eventsPerDay;
  }

  /** The event of this number. */
  Purchase purchase(long event) {
    long bits = mix(SEED + event);
    Purchase purchase = new Purchase();
    purchase.user = "u" + user(bits);
    purchase.ingestedAt = logTime(event);
    purchase.eventTime = purchase.ingestedAt - delay(mix(bits + 1));
    purchase.amount = 1 + Long.remainderUnsigned(mix(bits + 2), 1000);
    return purchase;
  }

  private int user(long bits) {
    if (hotShare > 0 && unit(mix(bits + 3)) < hotShare) {
      return 0;
    }
    double u = unit(bits);
    return (int) (keys * u * u * u);
  }

  private long delay(long bits) {
    return Long.remainderUnsigned(bits, disorder.toMillis() + 1);
  }

  /** The upper bits as a number in [0, 1). */
  private static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom generators). */
  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
