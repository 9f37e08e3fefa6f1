package io.plumbline.jobs.kafka;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to reach a cluster.
 *
 * @param bootstrap {@code host:port}, comma-separated
 * @param properties further settings of Kafka clients, as in SASL and TLS, and of the schema
 *     registry; secrets among them are not shown by {@link #toString}
 */
public record KafkaSettings(String bootstrap, Map<String, String> properties) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

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
   * Settings with those of a properties file, in whose values {@code ${env:NAME}} stands for a
   * variable of the environment and {@code ${file:/path}} for what a file holds, without the line
   * break at its end.
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
    Map<String, String> resolved = new TreeMap<>();
    for (String key : loaded.stringPropertyNames()) {
      resolved.put(key, resolve(file, key, loaded.getProperty(key), environment));
    }
    return new KafkaSettings(bootstrap, resolved);
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

  private static String resolve(
      Path file, String key, String value, UnaryOperator<String> environment) {
    return REFERENCE
        .matcher(value)
        .replaceAll(
            reference ->
                Matcher.quoteReplacement(
                    reference.group(1).equals("env")
                        ? variable(file, key, reference.group(2), environment)
                        : content(file, key, reference.group(2))));
  }

  private static String variable(
      Path file, String key, String name, UnaryOperator<String> environment) {
    String value = environment.apply(name);
    if (value == null) {
      throw UserError.wrongCall(
          file + ": " + key + " asks for the variable " + name + ", which is not set; export it");
    }
    return value;
  }

  private static String content(Path file, String key, String path) {
    try {
      return Files.readString(Path.of(path)).replaceFirst("\\R\\z", "");
    } catch (IOException | InvalidPathException e) {
      throw UserError.wrongCall(
          file + ": " + key + " asks for the file " + path + ", which cannot be read; correct it");
    }
  }

  private static String why(Exception e) {
    return e instanceof java.nio.file.NoSuchFileException ? "there is none" : "" + e.getMessage();
  }
}
