package io.plumbline.jobs.generator;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** The shipped sets of definitions, each with the world that its events come from. */
public enum ShippedSet {
  MEDIA {
    @Override
    EventModel model(SplittableRandom random, GeneratorOptions options) {
      return new MediaModel(random, options);
    }
  },
  PAYMENTS {
    @Override
    EventModel model(SplittableRandom random, GeneratorOptions options) {
      return new PaymentsModel(random, options);
    }
  },
  DELIVERY {
    @Override
    EventModel model(SplittableRandom random, GeneratorOptions options) {
      return new DeliveryModel(random, options);
    }
  },
  WEB {
    @Override
    EventModel model(SplittableRandom random, GeneratorOptions options) {
      return new WebModel(random, options);
    }
  };

  /**
   * A new world of this set.
   *
   * @param random all chance in it
   * @param options say how large and busy it is
   */
  abstract EventModel model(SplittableRandom random, GeneratorOptions options);

  /** Name of its folder of definitions. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The set of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ShippedSet of(String folder) {
    for (ShippedSet set : values()) {
      if (set.folder().equals(folder)) {
        return set;
      }
    }
    throw new IllegalArgumentException(
        "there is no set '" + folder + "' to generate events for; choose one of " + folders());
  }

  /** The names of all sets, for messages. */
  public static String folders() {
    return Arrays.stream(values()).map(ShippedSet::folder).collect(Collectors.joining(", "));
  }
}
