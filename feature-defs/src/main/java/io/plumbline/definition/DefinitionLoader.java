package io.plumbline.definition;

import io.plumbline.UserError;
import io.plumbline.definition.Feature.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Reads the definitions in a folder: every {@code *.yaml} below it, as one set. */
public final class DefinitionLoader {
  private static final List<String> SECTIONS =
      List.of("sources", "entities", "features", "services", "active");

  /** In Redis, what stands in an entity's place for rejected records. */
  private static final String REJECTED = "rejected";

  private final Path folder;
  private final Findings findings = new Findings();
  private final Map<String, List<YamlValue>> sections = new LinkedHashMap<>();
  private final Registry<Source> sources = new Registry<>("source");
  private final Registry<Entity> entities = new Registry<>("entity");
  private final Registry<Service> services = new Registry<>("service");
  private final List<FeatureDraft> drafts = new ArrayList<>();

  private DefinitionLoader(Path folder) {
    this.folder = folder;
    SECTIONS.forEach(section -> sections.put(section, new ArrayList<>()));
  }

  /**
   * The definitions in a folder.
   *
   * @throws InvalidDefinitions with every problem that was found
   * @throws UserError if there is no such folder
   */
  public static Definitions load(Path folder) {
    Checked checked = check(folder);
    return checked.definitions().orElseThrow(() -> new InvalidDefinitions(checked.problems()));
  }

  /**
   * The definitions in a folder, or what is wrong with them, and what is doubtful.
   *
   * @throws UserError if there is no such folder
   */
  public static Checked check(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.wrongCall(
          "there is no folder " + folder + "; name one that holds definitions (*.yaml)");
    }
    return new DefinitionLoader(folder).check();
  }

  private Checked check() {
    files().forEach(this::readFile);
    entries("sources", "source", this::readSource);
    entries("entities", "entity", this::readEntity);
    FeatureReader reader = new FeatureReader(sources, entities);
    entries("features", "feature", (map, name) -> readFeature(reader, map, name));
    Versions versions = new Versions(drafts);
    versions.pin(sections.get("active").stream().flatMap(v -> v.map("active").stream()).toList());
    versions.nameColumns();
    KeyCheck keys = new KeyCheck(sources.all());
    drafts.forEach(keys::check);
    DerivedResolver resolver = new DerivedResolver(versions);
    List<Feature> features = drafts.stream().flatMap(d -> resolver.resolve(d).stream()).toList();
    entries("services", "service", (map, name) -> readService(versions, map, name));
    if (findings.problemCount() == 0 && sources.all().isEmpty() && drafts.isEmpty()) {
      findings.problem(
          new Place(folder.toString(), 1),
          "the folder defines nothing",
          "put a .yaml file with sources, entities and features into it");
    }
    if (findings.problemCount() > 0) {
      return new Checked(Optional.empty(), findings.problems(), findings.warnings());
    }
    Definitions definitions =
        new Definitions(
            sources.all(),
            entities.all(),
            features,
            services.all(),
            Map.copyOf(versions.active()),
            "");
    return new Checked(
        Optional.of(definitions.withFingerprint(Fingerprint.of(definitions))),
        List.of(),
        findings.warnings());
  }

  /** Every file in one order on every machine; hidden ones are other tools' business. */
  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> files =
          walk.filter(path -> !isHidden(path) && Files.isRegularFile(path)).sorted().toList();
      for (Path file : files) {
        if (file.toString().endsWith(".yml")) {
          findings.warning(
              new Place(file.toString(), 1), "a .yml file is not read", "rename it to .yaml");
        }
      }
      return files.stream().filter(file -> file.toString().endsWith(".yaml")).toList();
    } catch (IOException | UncheckedIOException e) {
      throw UserError.wrongCall("folder " + folder + " cannot be read: " + e.getMessage());
    }
  }

  private boolean isHidden(Path path) {
    for (Path part : folder.relativize(path)) {
      if (part.toString().startsWith(".") && part.toString().length() > 1) {
        return true;
      }
    }
    return false;
  }

  private void readFile(Path file) {
    for (YamlValue document : YamlFile.read(file, findings)) {
      Optional<YamlMap> map = document.map("the file");
      map.ifPresent(m -> m.allow(SECTIONS));
      map.ifPresent(
          m ->
              SECTIONS.forEach(
                  name -> m.get(name).filter(v -> !v.isNull()).ifPresent(sections.get(name)::add)));
    }
  }

  /** Hands over each entry of a section that has a name. */
  private void entries(String section, String kind, BiConsumer<YamlMap, YamlValue> read) {
    String pattern = section.equals("features") ? "[a-z][a-z0-9_]*" : "[A-Za-z][A-Za-z0-9_-]*";
    for (YamlValue list : sections.get(section)) {
      for (YamlValue entry : list.list(section)) {
        Optional<YamlMap> map = entry.map(kind);
        Optional<YamlValue> name =
            map.flatMap(m -> m.require("name", "how others refer to it"))
                .filter(v -> v.text("name").isPresent());
        if (name.isPresent() && !name.get().toString().matches(pattern)) {
          name.get()
              .problem(
                  "name '" + name.get() + "' is not of the form " + pattern,
                  "use "
                      + (section.equals("features") ? "lower-case " : "")
                      + "letters, digits and _, and begin with a letter");
        }
        name.ifPresent(n -> read.accept(map.get().named(kind + " " + n), n));
      }
    }
  }

  private void readSource(YamlMap map, YamlValue name) {
    sources.add(name, SourceReader.read(map, name.toString()));
  }

  private void readEntity(YamlMap map, YamlValue name) {
    map.allow(List.of("name", "keys"));
    if (name.toString().equals(REJECTED)) {
      name.problem(
          "an entity cannot be called '" + REJECTED + "'",
          "in Redis that is the place of rejected records; rename it");
    }
    List<String> keys = new ArrayList<>();
    Optional<YamlValue> written = map.require("keys", "[" + name + "_id]");
    for (YamlValue key : written.map(v -> v.list("keys")).orElse(List.of())) {
      if (keys.contains(key.toString())) {
        key.problem("key " + key + " is given twice", "remove one");
      }
      key.text("a key").ifPresent(keys::add);
    }
    written
        .filter(v -> v.isList() && v.list("keys").isEmpty())
        .ifPresent(v -> v.problem("entity " + name + " has no keys", "name at least one field"));
    entities.add(
        name,
        keys.isEmpty()
            ? Optional.empty()
            : Optional.of(new Entity(name.toString(), List.copyOf(keys))));
  }

  private void readFeature(FeatureReader reader, YamlMap map, YamlValue name) {
    drafts.add(reader.read(map, name));
  }

  private void readService(Versions versions, YamlMap map, YamlValue name) {
    map.allow(List.of("name", "features"));
    List<String> ids = new ArrayList<>();
    Optional<YamlValue> written = map.require("features", "[a_feature, another:v2]");
    for (YamlValue reference : written.map(v -> v.list("features")).orElse(List.of())) {
      Optional<FeatureDraft> draft =
          reference.text("a feature of " + name).flatMap(t -> versions.find(reference));
      if (draft.isPresent() && ids.contains(draft.get().id())) {
        reference.problem(
            "service " + name + " names " + draft.get().id() + " twice", "remove one");
      }
      draft.ifPresent(d -> ids.add(d.id()));
    }
    services.add(name, Optional.of(new Service(name.toString(), List.copyOf(ids))));
  }
}
