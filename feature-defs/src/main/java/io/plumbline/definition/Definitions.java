package io.plumbline.definition;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A valid set of definitions, as {@link DefinitionLoader} returns it.
 *
 * @param sources in the order of definition, likewise the others
 * @param active version that a bare name means, for each feature name (pinned or the highest)
 * @param fingerprint SHA-256 over the meaning of the definitions, in hex: two sets with the same
 *     fingerprint compute the same values
 */
public record Definitions(
    List<Source> sources,
    List<Entity> entities,
    List<Feature> features,
    List<Service> services,
    Map<String, Integer> active,
    String fingerprint) {

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public Source source(String name) {
    return find(sources, Source::name, "source", name);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public Entity entity(String name) {
    return find(entities, Entity::name, "entity", name);
  }

  /**
   * @param id with version, e.g. {@code spend_1h:v2}
   * @throws IllegalArgumentException if there is none of that id
   */
  public Feature feature(String id) {
    return find(features, Feature::id, "feature", id);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public Service service(String name) {
    return find(services, Service::name, "service", name);
  }

  Definitions withFingerprint(String computed) {
    return new Definitions(sources, entities, features, services, active, computed);
  }

  /** Name of the feature's column in training tables: bare for the active version. */
  public String column(Feature feature) {
    return active.get(feature.name()) == feature.version()
        ? feature.name()
        : feature.name() + "_v" + feature.version();
  }

  private static <T> T find(List<T> all, Function<T, String> name, String kind, String wanted) {
    for (T one : all) {
      if (name.apply(one).equals(wanted)) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "there is no "
            + kind
            + " "
            + wanted
            + (all.isEmpty()
                ? "; none is defined"
                : "; defined are " + all.stream().map(name).collect(Collectors.joining(", "))));
  }
}
