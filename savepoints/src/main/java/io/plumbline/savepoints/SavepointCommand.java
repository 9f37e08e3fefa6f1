package io.plumbline.savepoints;

import picocli.CommandLine.Command;

/** {@code savepoint}: what can be done with savepoints. */
@Command(
    name = "savepoint",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Looks into savepoints of live jobs, and keeps a catalog of them.",
    subcommands = {
      InspectCommand.class,
      StatsCommand.class,
      DiffCommand.class,
      VerifyCommand.class,
      PlanCommand.class,
      TakeCommand.class,
      ListCommand.class,
      ShowCommand.class,
      PruneCommand.class
    })
final class SavepointCommand {}
