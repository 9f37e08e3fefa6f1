package io.plumbline.jobs.app;

import io.plumbline.jobs.redis.PasswordSource;
import io.plumbline.jobs.redis.RedisSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How to reach Redis. */
public final class RedisOptions {
  /** Holds the password, unless a file does. */
  static final String PASSWORD_VARIABLE = "PLUMBLINE_REDIS_PASSWORD";

  @Option(
      names = "--redis",
      required = true,
      description = {
        "redis://host:port/database, rediss:// for TLS; several, comma-separated, of a cluster.",
        "The password comes from --redis-password-file or the variable " + PASSWORD_VARIABLE
      })
  private String addresses;

  @Option(names = "--redis-user", description = "user of Redis' access control list")
  private String user;

  @Option(names = "--redis-password-file", description = "file that holds the password")
  private Path passwordFile;

  @Option(
      names = "--redis-ca",
      description = "file of PEM certificates that the server's is checked against")
  private Path ca;

  @Option(
      names = "--namespace",
      defaultValue = RedisSettings.DEFAULT_NAMESPACE,
      description = "what all keys begin with (${DEFAULT-VALUE})")
  private String namespace;

  /** What these options say; the password is read whenever a connection is opened. */
  public RedisSettings settings() {
    RedisSettings settings = RedisSettings.at(addresses).withNamespace(namespace);
    if (user != null) {
      settings = settings.withUser(user);
    }
    if (ca != null) {
      settings = settings.withCaFile(ca.toAbsolutePath().toString());
    }
    if (passwordFile != null) {
      return settings.withPassword(
          new PasswordSource.InFile(passwordFile.toAbsolutePath().toString()));
    }
    return System.getenv(PASSWORD_VARIABLE) == null
        ? settings
        : settings.withPassword(new PasswordSource.Variable(PASSWORD_VARIABLE));
  }
}
