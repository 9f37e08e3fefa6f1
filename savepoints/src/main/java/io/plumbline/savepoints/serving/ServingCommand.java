package io.plumbline.savepoints.serving;

import picocli.CommandLine.Command;

/** {@code serving}: which namespace readers use. */
@Command(
    name = "serving",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Says and changes which namespace readers use, and compares namespaces.",
    subcommands = {ShowServingCommand.class, CompareCommand.class, SwitchCommand.class})
final class ServingCommand {}
