package io.plumbline.jobs.generator;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Visitors go from page to page, about twenty seconds on each, and some log in on the way. Now and
 * then somebody guesses the password of an account from many addresses.
 */
final class WebModel implements EventModel {
  private static final int PAGE_VIEW = 0;
  private static final int LOGIN = 1;
  private static final int SECONDS_ON_A_PAGE = 20;
  private static final double LEAVE = 0.1;
  private static final double ATTACKS_PER_EVENT = 0.0003;

  private static final String[] PAGES = {
    "home", "search", "category", "product", "cart", "checkout", "account", "help", "login"
  };
  private static final int LOGIN_PAGE = 8;

  /** From page to page: each row lists the pages that follow, the likely ones several times. */
  private static final int[][] NEXT = {
    {1, 1, 2, 2, 3, 6, 7, 8},
    {1, 3, 3, 3, 3, 2},
    {3, 3, 3, 2, 1, 0},
    {3, 3, 2, 1, 4, 4, 0, 8},
    {5, 5, 3, 8, 0},
    {6, 0, 4, 7},
    {0, 7, 6, 1},
    {0, 1, 7},
    {6, 0, 5, 3}
  };

  private static final String[] REFERRERS = {"search-engine", "newsletter", "partner", "direct"};

  private final SplittableRandom random;
  private final Zipf visitors;
  private final int[] visitorOf;
  private final byte[] pageOf;
  private final boolean[] loggedIn;
  private final boolean[] aboutToLogIn;
  private final long idSalt;
  private int target;
  private int guesses;
  private long views;
  private long attempts;

  WebModel(SplittableRandom random, GeneratorOptions options) {
    GeneratorOptions.Keys keys = options.keys();
    this.random = random;
    this.idSalt = random.nextLong();
    this.visitors = new Zipf(keys.count(), keys.skew());
    double open = options.schedule().ratePerSecond() * SECONDS_ON_A_PAGE;
    int visits = (int) Math.max(1, Math.min(open, keys.count()));
    this.visitorOf = new int[visits];
    this.pageOf = new byte[visits];
    this.loggedIn = new boolean[visits];
    this.aboutToLogIn = new boolean[visits];
  }

  @Override
  public List<SourceProfile> sources() {
    return List.of(
        new SourceProfile("page_view", 300_000, 30_000, 1_000),
        new SourceProfile("login", 60_000, 5_000, 1_000));
  }

  @Override
  public void next(long at, Payload out) {
    if (guesses == 0 && random.nextDouble() < ATTACKS_PER_EVENT) {
      target = accountOf(visitors.draw(random));
      guesses = 20 + random.nextInt(60);
    }
    int visit = random.nextInt(visitorOf.length);
    if (guesses > 0 && random.nextDouble() < 0.3) {
      guesses--;
      guess(at, out);
    } else if (aboutToLogIn[visit]) {
      logIn(at, out, visit);
    } else {
      view(at, out, visit);
    }
  }

  @Override
  public List<String> keyColumns() {
    return List.of("visitor_id", "user_id");
  }

  @Override
  public List<String> someKeys(SplittableRandom chance) {
    int visitor = visitors.draw(chance);
    return List.of("v" + visitor, "u" + accountOf(visitor));
  }

  private void view(long at, Payload out, int visit) {
    boolean first = visitorOf[visit] == 0 || random.nextDouble() < LEAVE;
    if (first) {
      visitorOf[visit] = visitors.draw(random);
      loggedIn[visit] = random.nextDouble() < 0.3;
      pageOf[visit] = (byte) (random.nextBoolean() ? 0 : 3);
    } else {
      int[] next = NEXT[pageOf[visit]];
      pageOf[visit] = (byte) next[random.nextInt(next.length)];
    }
    aboutToLogIn[visit] = pageOf[visit] == LOGIN_PAGE;
    out.start(PAGE_VIEW, visitorOf[visit])
        .required("view_id")
        .hex("v-", Traits.bits(views++, idSalt))
        .required("visitor_id")
        .text("v", visitorOf[visit])
        .optional("user_id");
    if (loggedIn[visit]) {
      out.text("u", accountOf(visitorOf[visit]));
    } else {
      out.none();
    }
    out.required("page").text(PAGES[pageOf[visit]]).required("viewed_at").integer(at);
    writeOrigin(out, first);
  }

  private void writeOrigin(Payload out, boolean first) {
    out.optional("referrer");
    if (first) {
      out.text(REFERRERS[random.nextInt(REFERRERS.length)]);
    } else {
      out.none();
    }
    out.optional("dwell_ms");
    if (first) {
      out.none();
    } else {
      out.integer(1_000 + (long) (-18_000 * StrictMath.log(1 - random.nextDouble())));
    }
  }

  private void logIn(long at, Payload out, int visit) {
    boolean success = random.nextDouble() < 0.85;
    aboutToLogIn[visit] = !success && random.nextDouble() < 0.8;
    loggedIn[visit] |= success;
    int visitor = visitorOf[visit];
    attempt(at, out, accountOf(visitor)).optional("visitor_id").text("v", visitor);
    out.required("success").bool(success).optional("ip").text(address(Traits.bits(visitor, 1)));
  }

  private void guess(long at, Payload out) {
    attempt(at, out, target).optional("visitor_id").none();
    out.required("success").bool(false).optional("ip").text(address(random.nextLong()));
  }

  /** The fields that all tries begin with; login services like to write ISO-8601. */
  private Payload attempt(long at, Payload out, int account) {
    return out.start(LOGIN, account)
        .required("attempt_id")
        .hex("l-", Traits.bits(attempts++, idSalt))
        .required("user_id")
        .text("u", account)
        .required("attempted_at")
        .isoTime(at);
  }

  /** An address of those set aside for documentation (RFC 5737). */
  private static String address(long bits) {
    return "203.0.113." + (bits & 255);
  }

  /** Two browsers for an account. */
  private static int accountOf(int visitor) {
    return (visitor + 1) / 2;
  }
}
