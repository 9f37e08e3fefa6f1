package io.plumbline.definition;

import io.plumbline.time.Durations;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** Reads {@code window: {sliding: 7d, every: 1h}} and its like. */
final class WindowReader {
  private static final String FORMS =
      "write {tumbling: 1h}, {sliding: 1h, every: 5m}, {session: 30m} or lifetime";

  private WindowReader() {}

  static Optional<Window> read(YamlValue value) {
    if (value.isScalar()) {
      Optional<String> text = value.text("window");
      if (text.isPresent() && !text.get().equals("lifetime")) {
        value.problem("there is no window '" + text.get() + "'", FORMS);
      }
      return text.filter("lifetime"::equals).map(t -> new Window.Lifetime());
    }
    return value.map("window").flatMap(WindowReader::ofMap);
  }

  private static Optional<Window> ofMap(YamlMap map) {
    if (map.has("sliding")) {
      map.allow(List.of("sliding", "every", "offset"));
      return sliding(map);
    }
    if (map.has("tumbling")) {
      map.allow(List.of("tumbling", "offset"));
      return tumbling(map);
    }
    if (map.has("session")) {
      map.allow(List.of("session"));
      return map(map.get("session").get().positiveDuration("session"), Window.Session::new);
    }
    map.whole().problem("the window is none of those there are", FORMS);
    return Optional.empty();
  }

  private static Optional<Window> tumbling(YamlMap map) {
    OptionalLong size = map.get("tumbling").get().positiveDuration("tumbling");
    OptionalLong offset = offset(map, size, "tumbling");
    if (size.isEmpty() || offset.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Window.Sliding.tumbling(size.getAsLong(), offset.getAsLong()));
  }

  private static Optional<Window> sliding(YamlMap map) {
    YamlValue written = map.get("sliding").get();
    OptionalLong size = written.positiveDuration("sliding");
    Optional<YamlValue> every = map.require("every", "1h");
    OptionalLong slide = every.map(e -> e.positiveDuration("every")).orElse(OptionalLong.empty());
    OptionalLong offset = offset(map, slide, "every");
    if (size.isEmpty() || slide.isEmpty()) {
      return Optional.empty();
    }
    if (size.getAsLong() % slide.getAsLong() != 0) {
      written.problem(
          "window size " + written + " is not a multiple of every " + every.get(),
          multiplesNear(size.getAsLong(), slide.getAsLong()));
      return Optional.empty();
    }
    return map(offset, o -> new Window.Sliding(size.getAsLong(), slide.getAsLong(), o));
  }

  private static String multiplesNear(long size, long slide) {
    long below = size - size % slide;
    String above = Durations.format(below + slide);
    return below == 0
        ? above + " would be"
        : Durations.format(below) + " or " + above + " would be";
  }

  /** Nothing where none is given; empty where it is wrong. */
  private static OptionalLong offset(YamlMap map, OptionalLong slide, String of) {
    if (!map.has("offset")) {
      return OptionalLong.of(0);
    }
    YamlValue written = map.get("offset").get();
    OptionalLong offset = written.duration("offset");
    if (offset.isPresent() && slide.isPresent() && offset.getAsLong() >= slide.getAsLong()) {
      written.problem(
          "offset "
              + written
              + " is not less than "
              + of
              + " "
              + Durations.format(slide.getAsLong()),
          Durations.format(offset.getAsLong() % slide.getAsLong()) + " gives the same windows");
      return OptionalLong.empty();
    }
    return offset;
  }

  private static Optional<Window> map(OptionalLong millis, LongFunction<Window> make) {
    return millis.isPresent() ? Optional.of(make.apply(millis.getAsLong())) : Optional.empty();
  }
}
