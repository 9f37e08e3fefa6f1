package io.plumbline.jobs.generator;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Users watch videos. A user likes one genre best and one hour of the day; an item has a genre, a
 * length and a place near its genre's centre; what is liked is watched longer.
 */
final class MediaModel implements EventModel {
  private static final String[] GENRES = {
    "drama", "comedy", "news", "sport", "documentary", "crime", "music", "kids"
  };
  private static final String[] DEVICES = {"tv", "phone", "tablet", "web"};
  private static final int DIMENSIONS = 32;
  private static final int ITEMS_PER_USER = 2;
  private static final int HOUR_TRIES = 4;
  private static final long HOUR_MS = 3_600_000;

  private static final int TRAIT_GENRE = 1;
  private static final int TRAIT_HOUR = 2;
  private static final int TRAIT_LENGTH = 3;
  private static final int TRAIT_DEVICE = 4;
  private static final int TRAIT_LIVE = 5;
  private static final int TRAIT_CENTRE = 100;
  private static final int TRAIT_PLACE = 200;

  private final SplittableRandom random;
  private final Zipf users;
  private final Zipf itemsOfGenre;
  private final int[] vector = new int[DIMENSIONS];
  private final long idSalt;
  private long events;

  MediaModel(SplittableRandom random, GeneratorOptions options) {
    GeneratorOptions.Keys keys = options.keys();
    this.random = random;
    this.idSalt = random.nextLong();
    this.users = new Zipf(keys.count(), keys.skew());
    long items = Math.max(GENRES.length, (long) keys.count() * ITEMS_PER_USER);
    this.itemsOfGenre =
        new Zipf((int) Math.min(Integer.MAX_VALUE / 8, items / GENRES.length), keys.skew());
  }

  @Override
  public List<SourceProfile> sources() {
    return List.of(new SourceProfile("watch", Duration.ofMinutes(10).toMillis(), 5_000, 1_000));
  }

  @Override
  public void next(long at, Payload out) {
    int user = userAt(at);
    int item = itemFor(user, random);
    int genre = genreOf(item);
    boolean liked = genre == Traits.pick(user, TRAIT_GENRE, GENRES.length);
    boolean live = Traits.unit(item, TRAIT_LIVE) < 0.03;
    double seen = seen(liked);
    long minutesTimes100 = (long) (seen * lengthOf(item) * 100);
    out.start(0, user)
        .required("event_id")
        .hex("w-", Traits.bits(events++, idSalt))
        .required("user_id")
        .text("u", user)
        .required("item_id")
        .text("i", item)
        .required("watched_at")
        .integer(at)
        .required("watch_minutes")
        .decimal(minutesTimes100, 2)
        .optional("progress");
    if (live) {
      out.none();
    } else {
      out.decimal((long) (seen * 1_000), 3);
    }
    out.optional("genre")
        .text(GENRES[genre])
        .optional("genre_vector")
        .decimals(vectorOf(item, genre), 3)
        .optional("device")
        .text(DEVICES[Traits.pick(user, TRAIT_DEVICE, DEVICES.length)]);
  }

  @Override
  public List<String> keyColumns() {
    return List.of("user_id", "item_id");
  }

  @Override
  public List<String> someKeys(SplittableRandom chance) {
    int user = users.draw(chance);
    return List.of("u" + user, "i" + itemFor(user, chance));
  }

  /** Somebody, rather one who likes to watch at this hour. */
  private int userAt(long at) {
    int hour = (int) Math.floorMod(Math.floorDiv(at, HOUR_MS), 24L);
    int user = users.draw(random);
    for (int i = 0; i < HOUR_TRIES; i++) {
      int away = Math.floorMod(Traits.pick(user, TRAIT_HOUR, 24) - hour, 24);
      if (away <= 1 || away == 23) {
        break;
      }
      user = users.draw(random);
    }
    return user;
  }

  /** Items are numbered so that their genre is their number modulo the number of genres. */
  private int itemFor(int user, SplittableRandom chance) {
    int genre =
        chance.nextDouble() < 0.6
            ? Traits.pick(user, TRAIT_GENRE, GENRES.length)
            : chance.nextInt(GENRES.length);
    return itemsOfGenre.draw(chance) * GENRES.length + genre;
  }

  private static int genreOf(int item) {
    return item % GENRES.length;
  }

  private static double lengthOf(int item) {
    double u = Traits.unit(item, TRAIT_LENGTH);
    return 5 + 115 * u * u;
  }

  /** Share of the item that is seen: a good part to the end, the rest broken off anywhere. */
  private double seen(boolean liked) {
    double toTheEnd = liked ? 0.45 : 0.2;
    double u = random.nextDouble();
    return u < toTheEnd ? 1 - 0.05 * random.nextDouble() : random.nextDouble();
  }

  private int[] vectorOf(int item, int genre) {
    for (int d = 0; d < DIMENSIONS; d++) {
      int centre = Traits.pick(genre, TRAIT_CENTRE + d, 2_001) - 1_000;
      int off = Traits.pick(item, TRAIT_PLACE + d, 401) - 200;
      vector[d] = centre + off;
    }
    return vector;
  }
}
