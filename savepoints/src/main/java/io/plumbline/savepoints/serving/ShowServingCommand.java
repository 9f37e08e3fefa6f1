package io.plumbline.savepoints.serving;

import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.ReaderSettings;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.savepoints.Table;
import java.io.PrintWriter;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code serving show}: what readers go by. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Says which namespace readers use, how far it is written, and what is pinned.")
final class ShowServingCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private RedisOptions redis;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (RedisConnection serving = Serving.open(redis.settings())) {
      out.println("readers use the namespace " + serving.settings().namespace());
      Table table = new Table().row("entity", "generation", "written up to");
      EntityProgress.all(serving)
          .forEach(
              (entity, reached) ->
                  table.row(entity, reached.generation(), Instant.ofEpochMilli(reached.time())));
      table.print(out);
      new ReaderSettings(serving)
          .pins()
          .forEach((feature, version) -> out.println("pinned: " + feature + ":v" + version));
      out.flush();
    }
  }
}
