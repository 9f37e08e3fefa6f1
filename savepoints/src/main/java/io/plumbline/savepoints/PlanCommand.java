package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.feature.Evolution;
import io.plumbline.jobs.feature.FeatureChange;
import io.plumbline.jobs.feature.FeatureSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint plan}: what becomes of a savepoint's features under other definitions. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says of each feature what 'stream --from' with these definitions would make of it: kept,",
      "added, removed, or refused because it means something else."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the job would start", "1:it would not", "2:the savepoint cannot be read"})
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--from", required = true, description = "folder of a savepoint or a checkpoint")
  private Path from;

  @Option(names = "--defs", required = true, description = "folder of definitions")
  private Path definitions;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "FEATURE:vN",
      description = "feature whose history is to be lost; once for each, or with commas")
  private Set<String> dropped = new LinkedHashSet<>();

  @Option(names = "--json", description = "as JSON")
  private boolean json;

  @Override
  public Integer call() {
    FeatureSet asked = FeatureSet.live(DefinitionBundle.read(definitions));
    try (Savepoint savepoint = Savepoint.open(from)) {
      Evolution evolution = Evolution.of(savepoint.set(), asked);
      List<String> refusals = new ArrayList<>(evolution.refusals(dropped));
      refusals.addAll(savepoint.refusals(asked));
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        Json.print(json(evolution, refusals), out);
      } else {
        print(evolution, refusals, out);
      }
      return refusals.isEmpty() ? 0 : UserError.Exit.NO.code();
    }
  }

  private static ObjectNode json(Evolution evolution, List<String> refusals) {
    ObjectNode node = Json.object().put("starts", refusals.isEmpty());
    ArrayNode features = node.putArray("features");
    for (FeatureChange change : evolution.changes()) {
      ObjectNode feature = features.addObject().put("feature", change.id());
      feature.put("becomes", change.kind().name().toLowerCase(Locale.ROOT));
      ArrayNode differences = feature.putArray("differences");
      for (FeatureChange.Difference difference : change.differences()) {
        differences
            .addObject()
            .put("property", difference.property())
            .put("was", difference.was())
            .put("is", difference.is());
      }
    }
    node.set("refusals", Json.MAPPER.valueToTree(refusals));
    return node;
  }

  private void print(Evolution evolution, List<String> refusals, PrintWriter out) {
    Table table = new Table();
    evolution.changes().forEach(change -> table.row(change.id(), words(change), change.said()));
    table.print(out);
    refusals.forEach(refusal -> out.println("refused: " + refusal));
    out.flush();
  }

  private String words(FeatureChange change) {
    return switch (change.kind()) {
      case KEPT -> "kept";
      case PRESENTATION -> "kept, presentation only";
      case ADDED_EMPTY -> "added, empty";
      case ADDED_WHOLE -> "added, with its history";
      case REMOVED -> dropped.contains(change.id()) ? "dropped" : "removed, needs --drop";
      case CHANGED -> "changed meaning, refused";
    };
  }
}
