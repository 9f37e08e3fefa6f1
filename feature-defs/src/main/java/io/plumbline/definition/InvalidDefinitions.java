package io.plumbline.definition;

import io.plumbline.UserError;
import java.util.List;
import java.util.stream.Collectors;

/** Definitions that are refused, with everything that was found wrong in one pass. */
public final class InvalidDefinitions extends UserError {
  private final transient List<Problem> problems;

  InvalidDefinitions(List<Problem> problems) {
    super(
        Exit.NO,
        problems.stream()
            .map(Problem::toString)
            .collect(Collectors.joining(System.lineSeparator())),
        null);
    this.problems = List.copyOf(problems);
  }

  /** At least one, by file and line. */
  public List<Problem> problems() {
    return problems;
  }
}
