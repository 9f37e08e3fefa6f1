package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.jobs.backfill.Product;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.stream.Bootstrapped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Adds features to a savepoint, with the history that a lake has. */
public final class Growth {
  private Growth() {}

  /**
   * Makes a savepoint from which a job goes on exactly where another was taken.
   *
   * @param env where to run; it sees the same files
   * @param maxParallelism key groups, as many as the live job has
   * @return what lies beside the savepoint
   * @throws UserError if the input is wrong or the savepoint cannot be written; nothing is left
   *     behind
   */
  public static Bootstrapped run(
      GrowthRequest request, StreamExecutionEnvironment env, int maxParallelism) {
    GrowthPlan plan = GrowthPlan.of(request);
    return Bootstrap.make(
        request.out(),
        env,
        maxParallelism,
        staging -> new GrowthGraph(plan).define(env, staging),
        counts -> describe(plan, counts));
  }

  private static Bootstrapped describe(GrowthPlan plan, Map<String, Object> counts) {
    FeatureSet set = plan.evolution().set();
    Map<String, Bootstrapped.Cut> cuts = new LinkedHashMap<>(Bootstrap.cuts(plan.added(), counts));
    for (String source : set.plans().sources()) {
      cuts.computeIfAbsent(
          source,
          name ->
              new Bootstrapped.Cut(
                  set.plans().definitions().source(name).topic(),
                  plan.offsets().getOrDefault(name, Map.of()),
                  0,
                  Map.of()));
    }
    return new Bootstrapped(
        Product.version(),
        set.plans().definitions().fingerprint(),
        plan.added().request().untilMs(),
        plan.added().knowledgeTime(),
        cuts,
        Bootstrap.keys(plan.added().set(), counts));
  }
}
