package io.plumbline.savepoints.serving;

import io.plumbline.UserError;
import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.ReaderSettings;
import io.plumbline.jobs.redis.RedisConnection;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unpin}: takes a pin back. */
@Command(
    name = "unpin",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lets readers take whichever version of a feature they would, within a second.")
final class UnpinCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FEATURE", description = "its name, without a version")
  private String feature;

  @Mixin private RedisOptions redis;

  @Override
  public void run() {
    try (RedisConnection connection = Serving.open(redis.settings())) {
      ReaderSettings settings = new ReaderSettings(connection);
      if (!settings.unpin(feature)) {
        Set<String> pinned = settings.pins().keySet();
        throw UserError.invalid(
            feature
                + " is not pinned in "
                + connection.settings().namespace()
                + "; "
                + (pinned.isEmpty() ? "nothing is" : "these are: " + String.join(", ", pinned)));
      }
      spec.commandLine()
          .getOut()
          .printf(
              "%s: no version is pinned in %s any more%n",
              feature, connection.settings().namespace());
      spec.commandLine().getOut().flush();
    }
  }
}
