package io.plumbline.jobs.redis;

import io.plumbline.UserError;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How to reach Redis, and where in it things lie. Travels with jobs, and therefore holds no secret.
 *
 * @param addresses of one server, or of some nodes of a cluster
 * @param database number; 0 on a cluster
 * @param user of the server's access control list; empty for the default user
 * @param caFile certificates to trust, PEM; empty for those that Java trusts
 * @param namespace the first part of every key
 * @param connectTimeout how long to wait for a server at the start
 * @param commandTimeout how long to wait for a reply before a command counts as failed
 */
public record RedisSettings(
    List<Address> addresses,
    Transport transport,
    int database,
    String user,
    PasswordSource password,
    String caFile,
    String namespace,
    Duration connectTimeout,
    Duration commandTimeout)
    implements Serializable {

  /** The namespace that is used unless another is named. */
  public static final String DEFAULT_NAMESPACE = "fs";

  private static final int DEFAULT_PORT = 6379;
  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

  /** A server. */
  public record Address(String host, int port) implements Serializable {
    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  /** Whether connections are encrypted. */
  public enum Transport {
    PLAIN("redis"),
    TLS("rediss");

    private final String scheme;

    Transport(String scheme) {
      this.scheme = scheme;
    }
  }

  /** Checks the namespace. */
  public RedisSettings {
    addresses = List.copyOf(addresses);
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw UserError.wrongCall(
          "the namespace '"
              + namespace
              + "' does not fit: letters, digits, '_', '.' and '-', e.g. "
              + DEFAULT_NAMESPACE);
    }
  }

  /**
   * Settings with an address and defaults.
   *
   * @param addresses {@code redis://host:port/database} or {@code rediss://…}; several, separated
   *     by commas, for a cluster
   * @throws UserError if they are none
   */
  public static RedisSettings at(String addresses) {
    List<URI> uris = new ArrayList<>();
    for (String address : addresses.split(",", -1)) {
      uris.add(uri(address.strip()));
    }
    URI first = uris.get(0);
    List<Address> parsed = new ArrayList<>();
    for (URI uri : uris) {
      if (!uri.getScheme().equals(first.getScheme()) || database(uri) != database(first)) {
        throw wrong(uri.toString(), "all addresses need the same scheme and database");
      }
      parsed.add(new Address(host(uri), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort()));
    }
    return new RedisSettings(
        parsed,
        first.getScheme().equals("rediss") ? Transport.TLS : Transport.PLAIN,
        database(first),
        first.getUserInfo() == null ? "" : first.getUserInfo(),
        new PasswordSource.None(),
        "",
        DEFAULT_NAMESPACE,
        Duration.ofSeconds(10),
        Duration.ofSeconds(5));
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong(text, "it is no address");
    }
    if (!"redis".equals(uri.getScheme()) && !"rediss".equals(uri.getScheme())) {
      throw wrong(text, "it has another scheme");
    }
    if (uri.getHost() == null) {
      throw wrong(text, "it names no host");
    }
    if (uri.getUserInfo() != null && uri.getUserInfo().indexOf(':') >= 0) {
      throw wrong(
          text,
          "passwords do not belong into addresses, which get logged: put it into a file or the"
              + " environment");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw wrong(text, "it has parameters");
    }
    return uri;
  }

  private static String host(URI uri) {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static int database(URI uri) {
    String path = uri.getPath();
    if (path.isEmpty() || path.equals("/")) {
      return 0;
    }
    try {
      return Integer.parseUnsignedInt(path.substring(1));
    } catch (NumberFormatException e) {
      throw wrong(uri.toString(), "what follows the port is no number of a database");
    }
  }

  private static UserError wrong(String address, String why) {
    String shown = address.replaceFirst("//.*@", "//***@");
    return UserError.wrongCall(
        "the Redis address '"
            + shown
            + "' does not fit: "
            + why
            + "; it looks like redis://host:6379 or rediss://host:6379/0");
  }

  /** These settings with a user. */
  public RedisSettings withUser(String name) {
    return new RedisSettings(
        addresses,
        transport,
        database,
        name,
        password,
        caFile,
        namespace,
        connectTimeout,
        commandTimeout);
  }

  /** These settings with a password. */
  public RedisSettings withPassword(PasswordSource source) {
    return new RedisSettings(
        addresses,
        transport,
        database,
        user,
        source,
        caFile,
        namespace,
        connectTimeout,
        commandTimeout);
  }

  /** These settings with a file of certificates to trust. */
  public RedisSettings withCaFile(String pem) {
    return new RedisSettings(
        addresses,
        transport,
        database,
        user,
        password,
        pem,
        namespace,
        connectTimeout,
        commandTimeout);
  }

  /** These settings with another namespace. */
  public RedisSettings withNamespace(String name) {
    return new RedisSettings(
        addresses,
        transport,
        database,
        user,
        password,
        caFile,
        name,
        connectTimeout,
        commandTimeout);
  }

  /** These settings with other patience. */
  public RedisSettings withTimeouts(Duration connect, Duration command) {
    return new RedisSettings(
        addresses, transport, database, user, password, caFile, namespace, connect, command);
  }

  /** The addresses, as people write them. */
  public String place() {
    return addresses.stream()
        .map(address -> transport.scheme + "://" + address)
        .collect(Collectors.joining(","));
  }
}
