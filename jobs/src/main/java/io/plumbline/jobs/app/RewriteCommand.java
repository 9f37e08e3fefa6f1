package io.plumbline.jobs.app;

import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rewrite}: has the live jobs write every feature to Redis again. */
@Command(
    name = "rewrite",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Asks the live jobs of a namespace to write every key's features to Redis again.",
      "They notice within seconds. A Redis that lost its data is noticed without this."
    })
public final class RewriteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RedisOptions redis;

  @Override
  public Integer call() {
    try (RedisConnection connection = RedisConnection.open(redis.settings())) {
      RewriteSignal.request(connection);
    }
    spec.commandLine().getOut().println("asked for; running jobs write again within seconds");
    return 0;
  }
}
