package io.plumbline.jobs.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.UserError;
import io.plumbline.jobs.pipeline.Takeover;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.ExecutionConfig.GlobalJobParameters;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * How a job on a cluster was started, so that it can be started in the same way again: job
 * parameters, which Flink's REST API tells those who ask.
 */
public final class Launch {
  /** Job parameter: the jar that the job runs, a path where it was started. */
  public static final String JAR = "plumbline.jar";

  /** Job parameter: SHA-256 of that jar, in hex. */
  public static final String JAR_SHA256 = "plumbline.jar-sha256";

  /** Job parameter: the verb and its arguments, as a JSON array. They hold no secrets. */
  public static final String ARGUMENTS = "plumbline.arguments";

  /** Options whose value is a file that the verb reads. */
  private static final Set<String> FILES =
      Set.of("--defs", "--kafka-config", "--redis-password-file", "--redis-ca");

  /** Options whose value is a place of Flink's, a folder or a URL. */
  private static final Set<String> PLACES = Set.of("--checkpoints", "--savepoints", "--from");

  private static final int BUFFER_BYTES = 1 << 16;

  private Launch() {}

  /**
   * Adds the parameters to a job. One that runs in the verb's own process has no jar that could be
   * started elsewhere, and says nothing.
   *
   * @param call the verb and its arguments
   */
  static void describe(StreamExecutionEnvironment env, List<String> call) {
    Optional<Path> own = JobOptions.underFlink() ? jarOf(Launch.class) : Optional.empty();
    jar(env.getConfiguration(), own).ifPresent(jar -> describe(env, jar, call));
  }

  /**
   * The jar that a job runs. In application mode Flink names none: it is the one that the program
   * itself came from.
   *
   * @param own that one; empty if this is not a process of Flink's
   */
  static Optional<Path> jar(ReadableConfig configuration, Optional<Path> own) {
    List<String> jars = configuration.getOptional(PipelineOptions.JARS).orElse(List.of());
    return jars.size() == 1
        ? Optional.of(file(URI.create(jars.get(0))))
        : own.filter(jar -> jars.isEmpty());
  }

  /** The jar that a class came from; empty if it came from elsewhere. */
  static Optional<Path> jarOf(Class<?> program) {
    CodeSource source = program.getProtectionDomain().getCodeSource();
    return Optional.ofNullable(source)
        .map(s -> file(URI.create(s.getLocation().toString())))
        .filter(Files::isRegularFile);
  }

  /**
   * The file of a URL. Flink names the jar of application mode from where its process was started,
   * as in {@code file:usrlib/a.jar}, which has no path in the sense of a URI.
   */
  static Path file(URI url) {
    return Path.of(url.getSchemeSpecificPart()).toAbsolutePath();
  }

  private static void describe(StreamExecutionEnvironment env, Path jar, List<String> call) {
    GlobalJobParameters said = env.getConfig().getGlobalJobParameters();
    Configuration parameters = Configuration.fromMap(said.toMap());
    parameters.setString(JAR, jar.toString());
    parameters.setString(JAR_SHA256, sha256(jar));
    parameters.setString(
        ARGUMENTS,
        env.getConfiguration()
            .getOptional(Takeover.REPEATED)
            .orElseGet(() -> json(absolute(call))));
    env.getConfig().setGlobalJobParameters(parameters);
  }

  private static String json(List<String> call) {
    try {
      return new ObjectMapper().writeValueAsString(call);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same call from any folder. */
  static List<String> absolute(List<String> call) {
    List<String> absolute = new ArrayList<>(call);
    for (int i = 0; i < absolute.size(); i++) {
      String argument = absolute.get(i);
      int equals = argument.indexOf('=');
      if (isPlace(argument) && i + 1 < absolute.size()) {
        absolute.set(i + 1, absolute(argument, absolute.get(i + 1)));
        i++;
      } else if (equals > 0 && isPlace(argument.substring(0, equals))) {
        String option = argument.substring(0, equals);
        absolute.set(i, option + "=" + absolute(option, argument.substring(equals + 1)));
      }
    }
    return absolute;
  }

  private static boolean isPlace(String option) {
    return FILES.contains(option) || PLACES.contains(option);
  }

  private static String absolute(String option, String value) {
    return PLACES.contains(option)
        ? Places.url(value)
        : Plumbline.path(value).toAbsolutePath().toString();
  }

  /**
   * SHA-256 of a file, in hex.
   *
   * @throws UserError if it cannot be read
   */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw UserError.invalid("the jar " + file + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
