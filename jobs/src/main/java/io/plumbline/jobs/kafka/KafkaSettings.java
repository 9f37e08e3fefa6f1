package io.plumbline.jobs.kafka;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;

/**
 * How to reach a cluster.
 *
 * @param bootstrap {@code host:port}, comma-separated
 * @param properties further settings of Kafka clients, as in SASL and TLS, and of the schema
 *     registry; secrets among them are not shown by {@link #toString}
 */
public record KafkaSettings(String bootstrap, Map<String, String> properties) {
  private static final Pattern SECRET =
      Pattern.compile("password|jaas|secret|token|user\\.info|\\.key$|assertion");

  public KafkaSettings {
    properties = Map.copyOf(properties);
  }

  /** Settings of a cluster that asks for nothing. */
  public static KafkaSettings of(String bootstrap) {
    return new KafkaSettings(bootstrap, Map.of());
  }

  /**
   * Settings with those of a properties file. Its values may refer to secrets kept elsewhere, see
   * {@link Secrets}: they are looked up here to see that they are there, and again by every client
   * where it is made. They do not become part of these settings.
   *
   * @throws UserError if the file, or something it refers to, cannot be read
   */
  public static KafkaSettings load(String bootstrap, Path file) {
    return load(bootstrap, file, System::getenv);
  }

  /**
   * @param environment gives null for a variable that is not set
   */
  static KafkaSettings load(String bootstrap, Path file, UnaryOperator<String> environment) {
    Properties loaded = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      loaded.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw UserError.wrongCall(
          "cannot read the Kafka settings " + file + " (" + why(e) + "); name a properties file");
    }
    Map<String, String> settings = new TreeMap<>();
    for (String key : loaded.stringPropertyNames()) {
      settings.put(key, loaded.getProperty(key));
      try {
        Secrets.in(loaded.getProperty(key), environment);
      } catch (ConfigException e) {
        throw UserError.wrongCall(file + ": " + key + " " + e.getMessage());
      }
    }
    return new KafkaSettings(bootstrap, settings);
  }

  /** Settings of a client, which these do not say, with what they say. */
  public Properties client(Map<String, String> defaults) {
    Properties client = new Properties();
    client.putAll(defaults);
    properties.forEach(
        (key, value) -> {
          if (!key.startsWith(RegistrySettings.PREFIX)) {
            client.put(key, value);
          }
        });
    client.put("bootstrap.servers", bootstrap);
    Secrets.lookedUpBy(client);
    return client;
  }

  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(properties);
    shown.replaceAll((key, value) -> isSecret(key) ? "(hidden)" : value);
    return bootstrap + " " + shown;
  }

  static boolean isSecret(String key) {
    return SECRET.matcher(key.toLowerCase(Locale.ROOT)).find();
  }

  private static String why(Exception e) {
    return e instanceof java.nio.file.NoSuchFileException ? "there is none" : "" + e.getMessage();
  }
}
