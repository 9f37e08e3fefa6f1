package io.plumbline.savepoints.serving;

import io.plumbline.UserError;
import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.ReaderSettings;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.time.Durations;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code serving switch}: has readers use another namespace. */
@Command(
    name = "switch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Has readers use another namespace, all of it from one moment to the next. Back again in",
      "the same way. Refused if that namespace lacks an entity, unless readers used it before, or",
      "is behind."
    })
final class SwitchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--to", required = true, description = "the namespace to use")
  private String to;

  @Mixin private RedisOptions redis;

  @Option(
      names = "--most-behind",
      defaultValue = "10s",
      description = "how far it may be behind the one that is used now (${DEFAULT-VALUE})")
  private String mostBehind;

  @Option(names = "--force", description = "even if it lacks something or is behind")
  private boolean force;

  @Override
  public void run() {
    long most = mostBehindMs();
    try (RedisConnection connection = RedisConnection.open(redis.settings());
        RedisConnection now = Serving.open(redis.settings());
        RedisConnection target = RedisConnection.open(redis.settings().withNamespace(to))) {
      ReaderSettings settings = new ReaderSettings(connection);
      if (!force) {
        Map<String, EntityProgress> reached = EntityProgress.all(target);
        boolean back = settings.servedBefore().filter(to::equals).isPresent();
        check(
            back ? shared(EntityProgress.all(now), reached) : EntityProgress.all(now),
            reached,
            most);
      }
      String before = settings.serve(to);
      PrintWriter out = spec.commandLine().getOut();
      out.printf("readers use %s; back with serving switch --to %s%n", to, before);
      sayWhatIsNotPinned(now, target, out);
      out.flush();
    }
  }

  /** Pins belong to a namespace. */
  private void sayWhatIsNotPinned(RedisConnection before, RedisConnection now, PrintWriter out) {
    Map<String, String> lacking = new ReaderSettings(before).pins();
    lacking.entrySet().removeAll(new ReaderSettings(now).pins().entrySet());
    lacking.forEach(
        (feature, version) ->
            out.printf(
                "%s:v%s is pinned in %s, not in %s: pin it again%n",
                feature, version, before.settings().namespace(), to));
  }

  /** Going back must not fail for what a newer release has brought. */
  private Map<String, EntityProgress> shared(
      Map<String, EntityProgress> now, Map<String, EntityProgress> target) {
    Map<String, EntityProgress> shared = new TreeMap<>(now);
    shared.keySet().retainAll(target.keySet());
    now.keySet().stream()
        .filter(entity -> !target.containsKey(entity))
        .forEach(
            entity ->
                spec.commandLine()
                    .getOut()
                    .println(
                        to + " has no entity " + entity + ": of its keys readers get defaults"));
    return shared;
  }

  private void check(
      Map<String, EntityProgress> now, Map<String, EntityProgress> target, long mostMs) {
    if (target.isEmpty()) {
      throw refused("nothing says how far it is written; no job has caught up there yet");
    }
    now.forEach(
        (entity, reached) -> {
          EntityProgress other = target.get(entity);
          if (other == null) {
            throw refused("it has no entity " + entity);
          }
          long behind = Math.subtractExact(reached.time(), other.time());
          if (behind > mostMs) {
            throw refused(entity + " is " + behind + " ms behind, more than " + mostBehind);
          }
        });
  }

  private UserError refused(String why) {
    return UserError.invalid(
        "readers go on as before, and do not use " + to + ": " + why + ". With --force they do");
  }

  private long mostBehindMs() {
    try {
      return Durations.parse(mostBehind);
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(
          "--most-behind " + mostBehind + ": write a duration such as 500ms or 10s");
    }
  }
}
