package io.plumbline.aggregate;

import io.plumbline.definition.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Seeded values that try hard to break an aggregate. */
final class Samples {
  private static final double[] DOUBLES = {
    0,
    1,
    -1,
    0.1,
    0.2,
    3.14,
    1e16,
    -1e16,
    1e16 + 2,
    1e308,
    -1e308,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    -Double.MIN_VALUE,
    Double.MIN_NORMAL,
    1e-300,
    1e9,
    1e9 + 1,
    0x1p53,
    0x1p-53,
    0x1p1023,
    0x1p-1050
  };
  private static final long[] LONGS = {
    0,
    1,
    -1,
    2,
    7,
    255,
    256,
    9007199254740993L,
    -9007199254740993L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 32,
    (1L << 32) - 1,
    -(1L << 62)
  };
  private static final String[] STRINGS = {
    "", "a", "b", "ab", "ä", "￮", "😀", "😀a", "\uD83D", "日本", "a much longer string than others"
  };
  private static final long[] TIMES = {
    0, 1, -1, 1_767_225_600_000L, -1_767_225_600_000L, 3_600_000, 999, -86_400_000
  };

  private final Random random;

  Samples(long seed) {
    random = new Random(seed);
  }

  record Event(Object value, Moment at) {}

  /** Events in no order, each at a moment of its own, often of equal times. */
  List<Event> events(ValueType type, int count) {
    int flavour = random.nextInt(4);
    long origin = TIMES[random.nextInt(TIMES.length)];
    List<Event> events = new ArrayList<>();
    for (int offset = 0; offset < count; offset++) {
      long time = origin + (random.nextBoolean() ? random.nextInt(3) : random.nextInt(1 << 30));
      long known = time + random.nextInt(3);
      int partition = random.nextInt(4) - 1;
      events.add(new Event(value(type, flavour), new Moment(time, known, partition, offset)));
    }
    Collections.shuffle(events, random);
    return events;
  }

  private Object value(ValueType type, int flavour) {
    if (!type.list()) {
      return scalar(type.scalar(), flavour);
    }
    int length = random.nextInt(5) == 0 ? random.nextInt(5) : 3;
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      list.add(scalar(type.scalar(), flavour));
    }
    return Collections.unmodifiableList(list);
  }

  private Object scalar(ValueType.Scalar scalar, int flavour) {
    return switch (scalar) {
      case BOOLEAN -> random.nextBoolean();
      case LONG -> aLong(flavour);
      case DOUBLE -> aDouble(flavour);
      case STRING -> aString(flavour);
    };
  }

  double aDouble(int flavour) {
    double value =
        switch (flavour) {
          case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
          case 1 -> (random.nextInt(2_000_000) - 1_000_000) / 100.0;
          case 2 -> 1e9 + random.nextDouble();
          default -> Double.longBitsToDouble(random.nextLong());
        };
    return Double.isFinite(value) ? value + 0.0 : 0.0;
  }

  long aLong(int flavour) {
    return switch (flavour) {
      case 0 -> LONGS[random.nextInt(LONGS.length)];
      case 1 -> random.nextInt(10) - 5;
      case 2 -> random.nextInt();
      default -> random.nextLong();
    };
  }

  private String aString(int flavour) {
    return flavour < 2
        ? STRINGS[random.nextInt(STRINGS.length)]
        : Integer.toString(random.nextInt(flavour == 2 ? 30 : 100_000));
  }
}
