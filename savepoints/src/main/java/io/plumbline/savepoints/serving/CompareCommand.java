package io.plumbline.savepoints.serving;

import io.plumbline.UserError;
import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.savepoints.Table;
import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code serving compare}: in which values two namespaces differ. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares what two namespaces have, as it is stored, feature by feature. Jobs that go on",
      "meanwhile are not at the same moment: values whose _as_of differ are counted apart."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:values of equal times are equal",
      "1:some differ, or there was nothing to compare",
      "2:wrong call"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RedisOptions redis;

  @Option(names = "--a", required = true, description = "a namespace")
  private String a;

  @Option(names = "--b", required = true, description = "the other")
  private String b;

  @Option(
      names = "--sample",
      defaultValue = "1/1",
      description = "1/N: every Nth key or so, the same ones each time (${DEFAULT-VALUE})")
  private String sample;

  @Override
  public Integer call() {
    int share = share();
    PrintWriter out = spec.commandLine().getOut();
    try (RedisConnection first = RedisConnection.open(redis.settings().withNamespace(a));
        RedisConnection second = RedisConnection.open(redis.settings().withNamespace(b))) {
      Set<String> entities = new TreeSet<>(EntityProgress.all(first).keySet());
      entities.addAll(EntityProgress.all(second).keySet());
      if (entities.isEmpty()) {
        throw UserError.wrongCall("no job has written to " + a + " or " + b + " in this Redis");
      }
      Comparison comparison = new Comparison(first, second, share);
      entities.forEach(comparison::compare);
      Table table =
          new Table().row("entity", "feature", "equal", "differ", "other time", "only A", "only B");
      comparison
          .counts()
          .forEach(
              (feature, counts) ->
                  table.row(
                      feature.entity(),
                      feature.id(),
                      counts.equal(),
                      counts.differ(),
                      counts.otherTime(),
                      counts.onlyA(),
                      counts.onlyB()));
      table.print(out);
      comparison.example().ifPresent(example -> out.println("for example " + example));
      if (comparison.isOfNothing()) {
        out.println(
            "nothing was compared: no key of the sample is there, or the jobs are nowhere at the"
                + " same time; try again, or a larger --sample");
      }
      out.flush();
      return comparison.isEqual() && !comparison.isOfNothing() ? 0 : UserError.Exit.NO.code();
    }
  }

  private int share() {
    if (sample.matches("1/[1-9][0-9]{0,8}")) {
      return Integer.parseInt(sample.substring(2));
    }
    throw UserError.wrongCall("--sample " + sample + ": write 1/N, as in 1/100");
  }
}
