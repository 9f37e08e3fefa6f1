package io.plumbline.definition;

import io.plumbline.definition.Feature.Place;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads YAML files into trees that know the line of every value. */
final class YamlFile {
  private YamlFile() {}

  /** The documents of a file; none where it is broken, which is a problem. */
  static List<YamlValue> read(Path file, Findings findings) {
    List<YamlValue> documents = new ArrayList<>();
    try {
      String text = Files.readString(file);
      for (Node node : new Yaml(options()).composeAll(new StringReader(text))) {
        documents.add(new YamlValue(file, node, findings));
      }
    } catch (CharacterCodingException e) {
      findings.problem(new Place(file.toString(), 1), "the file is not UTF-8", "save it as UTF-8");
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      findings.problem(
          new Place(file.toString(), line),
          "the file is no YAML: " + oneLine(e.getProblem()),
          "check indentation, colons and quotes from here upwards");
    } catch (YAMLException e) {
      findings.problem(
          new Place(file.toString(), 1),
          "the file is no YAML: " + oneLine(e.getMessage()),
          "remove what is not text");
    } catch (IOException e) {
      findings.problem(
          new Place(file.toString(), 1),
          "the file cannot be read: " + e.getMessage(),
          "make it readable");
    }
    return documents;
  }

  /** Every feature may share one window: trees are read to a fixed depth, so aliases are cheap. */
  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(100_000);
    return options;
  }

  private static String oneLine(String message) {
    return message == null ? "it cannot be parsed" : message.lines().findFirst().orElse(message);
  }
}
