package io.plumbline.jobs.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Secrets that are kept elsewhere: in a value, {@code ${env:NAME}} stands for a variable of the
 * environment and {@code ${file:/path}} for what a file holds, without the line break at its end.
 * Values travel as they are written; whoever makes a client looks up what they stand for.
 */
public final class Secrets {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");
  private static final String PROVIDERS = "config.providers";

  private Secrets() {}

  /**
   * A value with what it refers to.
   *
   * @param environment gives null for a variable that is not set
   * @throws ConfigException if something is not there; it says what
   */
  static String in(String value, Function<String, String> environment) {
    return REFERENCE
        .matcher(value)
        .replaceAll(
            reference ->
                Matcher.quoteReplacement(
                    reference.group(1).equals("env")
                        ? variable(reference.group(2), environment)
                        : content(reference.group(2))));
  }

  /** Lets Kafka's clients look up what values refer to, on the machine that they are made on. */
  static void lookedUpBy(Properties client) {
    if (client.values().stream().noneMatch(value -> REFERENCE.matcher(value.toString()).find())) {
      return;
    }
    Set<String> providers = new TreeSet<>(Set.of("env", "file"));
    String own = client.getProperty(PROVIDERS, "");
    if (!own.isBlank()) {
      providers.addAll(List.of(own.strip().split("\\s*,\\s*", -1)));
    }
    client.put(PROVIDERS, String.join(",", providers));
    client.putIfAbsent(PROVIDERS + ".env.class", InEnvironment.class.getName());
    client.putIfAbsent(PROVIDERS + ".file.class", InFiles.class.getName());
  }

  private static String variable(String name, Function<String, String> environment) {
    String value = environment.apply(name);
    if (value == null) {
      throw new ConfigException("asks for the variable " + name + ", which is not set; export it");
    }
    return value;
  }

  private static String content(String path) {
    try {
      return Files.readString(Path.of(path)).replaceFirst("\\R\\z", "");
    } catch (IOException | InvalidPathException e) {
      throw new ConfigException(
          "asks for the file " + path + ", which cannot be read here; correct it");
    }
  }

  /** Finds them for Kafka's clients. */
  private abstract static class Provider implements ConfigProvider {
    abstract String find(String name);

    @Override
    public ConfigData get(String path) {
      return new ConfigData(Map.of());
    }

    @Override
    public ConfigData get(String path, Set<String> names) {
      Map<String, String> found = new LinkedHashMap<>();
      names.forEach(name -> found.put(name, find(path.isEmpty() ? name : path + ":" + name)));
      return new ConfigData(found);
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
  }

  /** In variables; public because Kafka makes it. */
  public static final class InEnvironment extends Provider {
    @Override
    String find(String name) {
      return variable(name, System::getenv);
    }
  }

  /** In files; public because Kafka makes it. */
  public static final class InFiles extends Provider {
    @Override
    String find(String path) {
      return content(path);
    }
  }
}
