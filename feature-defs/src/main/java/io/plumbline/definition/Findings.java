package io.plumbline.definition;

import io.plumbline.definition.Feature.Place;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong and what is doubtful while definitions are read. */
final class Findings {
  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem p) -> p.place().file()).thenComparingInt(p -> p.place().line());

  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();

  void problem(Place place, String what, String fix) {
    problems.add(new Problem(place, what, fix));
  }

  void warning(Place place, String what, String fix) {
    warnings.add(new Problem(place, what, fix));
  }

  int problemCount() {
    return problems.size();
  }

  List<Problem> problems() {
    return problems.stream().sorted(BY_PLACE).toList();
  }

  List<Problem> warnings() {
    return warnings.stream().sorted(BY_PLACE).toList();
  }
}
