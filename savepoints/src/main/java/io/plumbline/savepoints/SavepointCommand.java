package io.plumbline.savepoints;

import picocli.CommandLine.Command;

/** {@code savepoint}: what can be done with savepoints. */
@Command(
    name = "savepoint",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Looks into savepoints of live jobs.",
    subcommands = {StatsCommand.class})
final class SavepointCommand {}
