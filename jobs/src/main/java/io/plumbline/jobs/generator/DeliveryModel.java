package io.plumbline.jobs.generator;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Parcels move through hubs to a door, and vehicles arrive at hubs. As many parcels are under way
 * at a time as there are keys; one that is delivered makes room for a new one. Routes have their
 * own usual delay, which grows in the evening.
 */
final class DeliveryModel implements EventModel {
  private static final int SCAN = 0;
  private static final int ARRIVAL = 1;
  private static final double ARRIVALS = 0.2;
  private static final double NEXT_HUB = 0.45;
  private static final double FAILED_ATTEMPT = 0.12;
  private static final int ROUTES_PER_HUB = 3;
  private static final long HOUR_MS = 3_600_000;

  private static final int TRAIT_DELAY = 1;
  private static final int TRAIT_WEIGHT = 2;

  private enum Step {
    PICKED_UP,
    HUB_IN,
    HUB_OUT,
    OUT_FOR_DELIVERY,
    FAILED_ATTEMPT,
    DELIVERED;

    private final String status = name().toLowerCase(java.util.Locale.ROOT);

    boolean isAtHub() {
      return this == HUB_IN || this == HUB_OUT;
    }
  }

  private static final Step[] STEPS = Step.values();

  private final SplittableRandom random;
  private final Zipf hubs;
  private final Zipf routes;
  private final long[] parcels;
  private final int[] hubOf;
  private final byte[] lastStep;
  private final long idSalt;
  private long created;
  private long scans;
  private long arrivals;

  DeliveryModel(SplittableRandom random, GeneratorOptions options) {
    GeneratorOptions.Keys keys = options.keys();
    this.random = random;
    this.idSalt = random.nextLong();
    int hubCount = Math.max(4, Math.min(200, keys.count() / 50));
    this.hubs = new Zipf(hubCount, keys.skew());
    this.routes = new Zipf(hubCount * ROUTES_PER_HUB, keys.skew());
    this.parcels = new long[keys.count()];
    this.hubOf = new int[keys.count()];
    this.lastStep = new byte[keys.count()];
    for (int i = 0; i < parcels.length; i++) {
      parcels[i] = ++created;
      hubOf[i] = hubs.draw(random);
      lastStep[i] = (byte) random.nextInt(STEPS.length);
    }
  }

  @Override
  public List<SourceProfile> sources() {
    return List.of(
        new SourceProfile("scan", Duration.ofHours(1).toMillis(), 10_000, 1_000),
        new SourceProfile("arrival", Duration.ofMinutes(15).toMillis(), 5_000, 1_000));
  }

  @Override
  public void next(long at, Payload out) {
    if (random.nextDouble() < ARRIVALS) {
      arrive(at, out);
    } else {
      scan(at, out);
    }
  }

  @Override
  public List<String> keyColumns() {
    return List.of("parcel_id", "hub_id", "route_id");
  }

  @Override
  public List<String> someKeys(SplittableRandom chance) {
    int route = routes.draw(chance);
    return List.of("p" + (1 + chance.nextLong(created)), "h" + hubs.draw(chance), "r" + route);
  }

  private void scan(long at, Payload out) {
    int slot = random.nextInt(parcels.length);
    Step step = advance(slot);
    out.start(SCAN, parcels[slot])
        .required("scan_id")
        .hex("s-", Traits.bits(scans++, idSalt))
        .required("parcel_id")
        .text("p", parcels[slot])
        .optional("hub_id");
    if (step.isAtHub()) {
      out.text("h", hubOf[slot]);
    } else {
      out.none();
    }
    out.required("status")
        .text(step.status)
        .required("scanned_at")
        .integer(at)
        .optional("weight_kg");
    if (step == Step.HUB_IN) {
      out.decimal(100 + Traits.pick(parcels[slot], TRAIT_WEIGHT, 24_900), 3);
    } else {
      out.none();
    }
  }

  private Step advance(int slot) {
    Step next =
        switch (STEPS[lastStep[slot]]) {
          case PICKED_UP -> Step.HUB_IN;
          case HUB_IN -> Step.HUB_OUT;
          case HUB_OUT -> random.nextDouble() < NEXT_HUB ? Step.HUB_IN : Step.OUT_FOR_DELIVERY;
          case OUT_FOR_DELIVERY ->
              random.nextDouble() < FAILED_ATTEMPT ? Step.FAILED_ATTEMPT : Step.DELIVERED;
          case FAILED_ATTEMPT -> Step.OUT_FOR_DELIVERY;
          case DELIVERED -> Step.PICKED_UP;
        };
    if (next == Step.PICKED_UP) {
      parcels[slot] = ++created;
    }
    if (next == Step.HUB_IN) {
      hubOf[slot] = hubs.draw(random);
    }
    lastStep[slot] = (byte) next.ordinal();
    return next;
  }

  private void arrive(long at, Payload out) {
    int route = routes.draw(random);
    out.start(ARRIVAL, route)
        .required("arrival_id")
        .integer(Traits.bits(arrivals++, idSalt) >>> 1)
        .required("route_id")
        .text("r", route)
        .required("hub_id")
        .text("h", 1 + route / ROUTES_PER_HUB)
        .required("arrived_at")
        .integer(at)
        .optional("delay_minutes");
    if (route % 20 == 0) {
      out.none();
    } else {
      out.decimal((long) (10 * delayMinutes(route, at)), 1);
    }
  }

  /** Exponential above what is usual for the route, more so from 16 to 20 o'clock. */
  private double delayMinutes(int route, long at) {
    long hour = Math.floorMod(Math.floorDiv(at, HOUR_MS), 24L);
    double rush = hour >= 16 && hour < 20 ? 1.8 : 1;
    double usual = 14 * Traits.unit(route, TRAIT_DELAY) - 4;
    return usual + rush * -6 * StrictMath.log(1 - random.nextDouble());
  }
}
