package io.plumbline.savepoints.serving;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.ReaderSettings;
import io.plumbline.jobs.redis.RedisConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pin}: has readers take one version of a feature. */
@Command(
    name = "pin",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Has readers take one version of a feature, within a second, in the namespace that they use.",
      "Nothing is restarted: the job writes every version that is defined. Training is not",
      "concerned."
    })
final class PinCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FEATURE", description = "its name, without a version")
  private String feature;

  @Option(names = "--version", required = true, description = "e.g. 2")
  private int version;

  @Option(
      names = "--defs",
      required = true,
      description = "folder of the definitions that the live job was started with")
  private Path definitions;

  @Mixin private RedisOptions redis;

  @Override
  public void run() {
    check(DefinitionLoader.load(definitions).features());
    try (RedisConnection connection = Serving.open(redis.settings())) {
      String before =
          new ReaderSettings(connection)
              .pin(feature, version)
              .map(v -> "; before, version " + v + " was")
              .orElse("");
      spec.commandLine()
          .getOut()
          .printf(
              "%s: version %d is pinned in %s%s%n",
              feature, version, connection.settings().namespace(), before);
      spec.commandLine().getOut().flush();
    }
  }

  private void check(List<Feature> features) {
    List<Feature> versions = features.stream().filter(f -> f.name().equals(feature)).toList();
    if (versions.isEmpty()) {
      throw UserError.wrongCall(
          definitions
              + " has no feature "
              + feature
              + "; it has "
              + features.stream().map(Feature::name).distinct().collect(Collectors.joining(", ")));
    }
    if (versions.stream().noneMatch(f -> f.version() == version)) {
      throw UserError.wrongCall(
          definitions
              + " has no version "
              + version
              + " of "
              + feature
              + "; it has "
              + versions.stream().map(f -> "" + f.version()).collect(Collectors.joining(", ")));
    }
  }
}
