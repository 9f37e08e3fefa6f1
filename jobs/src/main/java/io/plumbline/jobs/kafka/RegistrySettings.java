package io.plumbline.jobs.kafka;

import io.plumbline.UserError;
import java.io.Serializable;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How to reach a schema registry. Its settings are written as Confluent's clients have them, each
 * with the prefix {@code schema.registry.}: {@code url}, {@code basic.auth.user.info}
 * (user:password) and {@code ssl.truststore.*}, {@code ssl.keystore.*}, {@code ssl.key.password}.
 *
 * @param url of the registry; empty if there is none
 * @param properties the others, without the prefix, and with references to secrets as they were
 *     written; secrets among them are not shown by {@link #toString}
 */
public record RegistrySettings(String url, Map<String, String> properties) implements Serializable {
  static final String PREFIX = "schema.registry.";

  private static final Set<String> SCHEMES = Set.of("http", "https");

  public RegistrySettings {
    properties = Map.copyOf(properties);
  }

  /** No registry. */
  public static RegistrySettings none() {
    return new RegistrySettings("", Map.of());
  }

  /**
   * Those among a cluster's settings.
   *
   * @throws UserError if the registry's address is none
   */
  public static RegistrySettings of(KafkaSettings kafka) {
    Map<String, String> own = new TreeMap<>();
    kafka
        .properties()
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                own.put(key.substring(PREFIX.length()), value);
              }
            });
    String url = own.remove("url");
    return url == null
        ? none()
        : new RegistrySettings(checked(Secrets.in(url, System::getenv)), own);
  }

  /**
   * These with another address.
   *
   * @throws UserError if it is none
   */
  public RegistrySettings at(String address) {
    return new RegistrySettings(checked(address), properties);
  }

  public boolean isPresent() {
    return !url.isEmpty();
  }

  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(properties);
    shown.replaceAll((key, value) -> KafkaSettings.isSecret(key) ? "(hidden)" : value);
    return url + " " + shown;
  }

  /** The properties, with the secrets that they refer to as they are on this machine. */
  Map<String, String> withSecrets() {
    Map<String, String> found = new TreeMap<>(properties);
    found.replaceAll((key, value) -> Secrets.in(value, System::getenv));
    return found;
  }

  private static String checked(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getScheme() != null
          && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
          && uri.getHost() != null
          && uri.getUserInfo() == null) {
        return url.replaceFirst("/+$", "");
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw UserError.wrongCall(
        "the schema registry's address is no http(s) address without user and password; write it as"
            + " in http://registry:8081, and the user as "
            + PREFIX
            + "basic.auth.user.info in the Kafka settings");
  }
}
