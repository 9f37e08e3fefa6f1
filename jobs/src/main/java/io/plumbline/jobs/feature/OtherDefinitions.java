package io.plumbline.jobs.feature;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.FeatureChange.Kind;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * State was written under definitions by which it holds something else. Starting the job again
 * would not help, so Flink does not: the job fails, whatever its restart strategy.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class OtherDefinitions extends UserError {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 20;

  private OtherDefinitions(String message) {
    super(Exit.NO, message, null);
  }

  /**
   * Says why a job cannot go on from state.
   *
   * @param why at least one reason
   */
  public static OtherDefinitions because(List<String> why) {
    int more = why.size() - SHOWN;
    return new OtherDefinitions(
        "the savepoint was taken under other definitions: "
            + why.stream().limit(SHOWN).collect(Collectors.joining("; "))
            + (more > 0 ? "; and " + more + " more" : "")
            + ". 'savepoint plan' shows what becomes of each feature");
  }

  /**
   * Sees to it that state of an entity's keys can be carried over, as it was planned when the job
   * was defined.
   */
  static void check(FeatureSet written, FeatureSet asked) {
    Evolution evolution = Evolution.of(written, asked);
    List<String> changed =
        evolution.of(Kind.CHANGED).stream()
            .map(c -> "feature " + c.id() + " means something else: " + c.said())
            .toList();
    if (!changed.isEmpty()) {
      throw because(changed);
    }
    if (!evolution.set().cohorts().equals(asked.cohorts())) {
      throw because(
          List.of(
              "the job was not told of it when it was defined; name the savepoint with --from, or"
                  + " flink run -s"));
    }
  }
}
