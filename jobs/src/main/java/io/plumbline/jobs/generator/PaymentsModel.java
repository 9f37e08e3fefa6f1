package io.plumbline.jobs.generator;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Users pay merchants. A user has usual amounts, a country and a few usual merchants; unusual
 * amounts and bad merchants are declined more often; now and then a stolen card is tried out with
 * many small payments in a row, most of which are declined.
 */
final class PaymentsModel implements EventModel {
  private static final String[] COUNTRIES = {"DE", "FR", "GB", "US", "PL", "IT", "ES", "JP"};
  private static final String[] REASONS = {
    "insufficient_funds", "suspected_fraud", "expired_card", "limit_exceeded"
  };
  private static final int SUSPECTED_FRAUD = 1;
  private static final int USUAL_MERCHANTS = 6;

  private static final int TRAIT_AMOUNT = 1;
  private static final int TRAIT_COUNTRY = 2;
  private static final int TRAIT_BAD_MERCHANT = 3;
  private static final int TRAIT_USUAL_MERCHANT = 100;

  private static final double THEFTS_PER_EVENT = 0.0005;
  private static final double TRANSFERS = 0.04;

  private final SplittableRandom random;
  private final Zipf users;
  private final Zipf merchants;
  private final int merchantCount;
  private int victim;
  private int tries;
  private final long idSalt;
  private long events;

  PaymentsModel(SplittableRandom random, GeneratorOptions options) {
    GeneratorOptions.Keys keys = options.keys();
    this.random = random;
    this.idSalt = random.nextLong();
    this.users = new Zipf(keys.count(), keys.skew());
    this.merchantCount = Math.max(20, keys.count() / 10);
    this.merchants = new Zipf(merchantCount, keys.skew());
  }

  @Override
  public List<SourceProfile> sources() {
    return List.of(new SourceProfile("payment", 120_000, 5_000, 1_000));
  }

  @Override
  public void next(long at, Payload out) {
    if (tries == 0 && random.nextDouble() < THEFTS_PER_EVENT) {
      victim = users.draw(random);
      tries = 10 + random.nextInt(40);
    }
    boolean stolen = tries > 0 && random.nextDouble() < 0.3;
    int user = stolen ? victim : users.draw(random);
    int merchant = stolen ? merchants.draw(random) : merchantFor(user, random);
    double usual = usualCents(user);
    double cents = stolen ? 100 + random.nextInt(400) : usual * StrictMath.exp(0.5 * bell());
    boolean declined = random.nextDouble() < declineChance(stolen, cents / usual, merchant);
    if (stolen) {
      tries--;
    }
    write(at, out, user, merchant, Math.max(1, (long) cents), declined, stolen);
  }

  private void write(
      long at, Payload out, int user, int merchant, long cents, boolean declined, boolean stolen) {
    out.start(0, user)
        .required("payment_id")
        .hex("p-", Traits.bits(events++, idSalt))
        .required("user_id")
        .text("u", user)
        .optional("merchant_id");
    if (!stolen && random.nextDouble() < TRANSFERS) {
      out.none();
    } else {
      out.text("m", merchant);
    }
    out.required("paid_at")
        .integer(at)
        .required("amount")
        .decimal(cents, 2)
        .required("status")
        .text(declined ? "declined" : "approved")
        .optional("decline_reason");
    if (declined) {
      out.text(REASONS[stolen ? SUSPECTED_FRAUD : random.nextInt(REASONS.length)]);
    } else {
      out.none();
    }
    int home = Traits.pick(user, TRAIT_COUNTRY, COUNTRIES.length);
    boolean abroad = stolen || random.nextDouble() < 0.05;
    out.optional("country")
        .text(COUNTRIES[abroad ? random.nextInt(COUNTRIES.length) : home])
        .optional("card_present")
        .bool(!stolen && random.nextDouble() < 0.6);
  }

  @Override
  public List<String> keyColumns() {
    return List.of("user_id", "merchant_id");
  }

  @Override
  public List<String> someKeys(SplittableRandom chance) {
    int user = users.draw(chance);
    return List.of("u" + user, "m" + merchantFor(user, chance));
  }

  private int merchantFor(int user, SplittableRandom chance) {
    if (chance.nextDouble() < 0.3) {
      return merchants.draw(chance);
    }
    int usual = chance.nextInt(USUAL_MERCHANTS);
    return 1 + Traits.pick(user, TRAIT_USUAL_MERCHANT + usual, merchantCount);
  }

  private static double usualCents(int user) {
    return StrictMath.exp(6.5 + 3 * Traits.unit(user, TRAIT_AMOUNT));
  }

  private static double declineChance(boolean stolen, double ofUsual, int merchant) {
    if (stolen) {
      return 0.7;
    }
    double bad = Traits.unit(merchant, TRAIT_BAD_MERCHANT) < 0.03 ? 0.2 : 0;
    return 0.03 + bad + (ofUsual > 2.5 ? 0.25 : 0);
  }

  /** Roughly normal: the sum of twelve uniform numbers. */
  private double bell() {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return sum;
  }
}
