package io.plumbline.jobs.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.plumbline.UserError;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a Redis server or to a Redis Cluster, whichever is there. It comes back by itself
 * when it breaks, and is broken when it seems to lead to the wrong server; commands wait for that
 * as long as for a reply. Thread-safe.
 */
public final class RedisConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnection.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(200);

  private final RedisSettings settings;
  private final RedisKeys keys;
  private final ClientResources resources;
  private final StaleConnections stale = new StaleConnections();
  private final List<AbstractRedisClient> clients = new ArrayList<>();
  private StatefulConnection<String, String> connection;
  private RedisClusterAsyncCommands<String, String> commands;
  private RedisClusterClient cluster;

  private RedisConnection(RedisSettings settings) {
    this.settings = settings;
    this.keys = new RedisKeys(settings.namespace());
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .nettyCustomizer(stale)
            .reconnectDelay(
                Delay.exponential(Duration.ofMillis(20), Duration.ofSeconds(1), 2, MILLISECONDS))
            .build();
  }

  private static final TimeUnit MILLISECONDS = TimeUnit.MILLISECONDS;

  /**
   * Connects, waiting no longer than the settings' connect timeout.
   *
   * @throws UserError if that fails, saying why and what to do
   */
  public static RedisConnection open(RedisSettings settings) {
    return open(settings, settings.connectTimeout());
  }

  /**
   * Connects, waiting until there is a server: for workers, which start again and again while Redis
   * is away.
   *
   * @throws UserError if the server is there and refuses
   */
  public static RedisConnection await(RedisSettings settings) {
    return open(settings, Duration.ofNanos(Long.MAX_VALUE));
  }

  private static RedisConnection open(RedisSettings settings, Duration patience) {
    long start = System.nanoTime();
    boolean told = false;
    while (true) {
      RedisConnection connection = new RedisConnection(settings);
      try {
        connection.connect();
        return connection;
      } catch (RuntimeException e) {
        connection.close();
        if (e instanceof UserError error) {
          throw error;
        }
        RedisTrouble trouble = RedisTrouble.of(e);
        boolean hopeless = trouble.remedy() != RedisTrouble.Remedy.RETRY;
        if (hopeless || System.nanoTime() - start >= patience.toNanos()) {
          throw trouble.explain(settings, e);
        }
        if (!told) {
          LOG.warn("waiting for Redis at {}: {}", settings.place(), RedisTrouble.words(e));
          told = true;
        }
      }
      pause(BETWEEN_ATTEMPTS);
    }
  }

  /** Waits; an interrupt ends it. */
  static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long rest = time.toNanos(); rest > 0; rest = end - System.nanoTime()) {
      LockSupport.parkNanos(rest);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while waiting for Redis");
      }
    }
  }

  private void connect() {
    RedisClient client = RedisClient.create(resources);
    clients.add(client);
    client.setOptions(options(ClientOptions.builder()).build());
    List<RedisURI> uris = settings.addresses().stream().map(this::uri).toList();
    StatefulRedisConnection<String, String> single = connectAny(client, uris);
    if (!single.sync().info("cluster").contains("cluster_enabled:1")) {
      if (uris.size() > 1) {
        throw UserError.wrongCall(
            "Redis at "
                + settings.addresses().get(0)
                + " is no cluster: give its address alone, not "
                + settings.place());
      }
      connection = single;
      commands = single.async();
      return;
    }
    single.close();
    connectToCluster(uris);
  }

  private static StatefulRedisConnection<String, String> connectAny(
      RedisClient client, List<RedisURI> uris) {
    RuntimeException failure = null;
    for (RedisURI uri : uris) {
      try {
        return client.connect(uri);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private void connectToCluster(List<RedisURI> uris) {
    cluster = RedisClusterClient.create(resources, uris);
    clients.add(cluster);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    options(options);
    options.topologyRefreshOptions(
        ClusterTopologyRefreshOptions.builder()
            .enableAllAdaptiveRefreshTriggers()
            .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
            .enablePeriodicRefresh(Duration.ofSeconds(30))
            .build());
    cluster.setOptions(options.build());
    StatefulRedisClusterConnection<String, String> connected = cluster.connect();
    connection = connected;
    commands = connected.async();
  }

  private <B extends ClientOptions.Builder> B options(B options) {
    options
        .autoReconnect(true)
        .timeoutOptions(TimeoutOptions.enabled(settings.commandTimeout()))
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(settings.connectTimeout())
                .keepAlive(true)
                .tcpNoDelay(true)
                .build());
    if (settings.transport() == RedisSettings.Transport.TLS) {
      SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
      if (!settings.caFile().isEmpty()) {
        File file = new File(settings.caFile());
        if (!file.canRead()) {
          throw UserError.wrongCall(
              settings.caFile()
                  + " should hold the certificates to trust (--redis-ca) and cannot be read here");
        }
        ssl.trustManager(file);
      }
      options.sslOptions(ssl.build());
    }
    return options;
  }

  private RedisURI uri(RedisSettings.Address address) {
    RedisURI uri =
        RedisURI.Builder.redis(address.host(), address.port())
            .withDatabase(settings.database())
            .withSsl(settings.transport() == RedisSettings.Transport.TLS)
            .withTimeout(settings.commandTimeout())
            .withClientName("plumbline")
            .build();
    PasswordSource password = settings.password();
    if (!(password instanceof PasswordSource.None)) {
      password.read();
      String user = settings.user().isEmpty() ? null : settings.user();
      uri.setCredentialsProvider(
          RedisCredentialsProvider.from(() -> RedisCredentials.just(user, password.read())));
    } else if (!settings.user().isEmpty()) {
      throw UserError.wrongCall(
          "the Redis user " + settings.user() + " comes without a password's file or variable");
    }
    return uri;
  }

  public RedisSettings settings() {
    return settings;
  }

  RedisKeys keys() {
    return keys;
  }

  /** Whether this is a cluster. */
  public boolean isCluster() {
    return cluster != null;
  }

  /** The cluster's masters that serve slots. */
  List<RedisClusterNode> masters() {
    return cluster.getPartitions().stream()
        .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.getSlots().isEmpty())
        .toList();
  }

  /** The key of the fence that guards {@code key}. */
  String fenceOf(String key) {
    return isCluster() ? keys.fence(SlotHash.getSlot(key)) : keys.fence();
  }

  /** For commands that are not in a hurry. */
  public RedisClusterAsyncCommands<String, String> async() {
    return commands;
  }

  /** Commands of one of the cluster's nodes. */
  RedisClusterAsyncCommands<String, String> asyncOf(RedisClusterNode node) {
    @SuppressWarnings("unchecked")
    StatefulRedisClusterConnection<String, String> all =
        (StatefulRedisClusterConnection<String, String>) connection;
    return all.getConnection(node.getNodeId()).async();
  }

  /**
   * Sends a command and waits for the reply.
   *
   * @throws UserError if Redis does not answer or refuses
   */
  public <T> T ask(
      Function<RedisClusterAsyncCommands<String, String>, ? extends RedisFuture<T>> command) {
    try {
      return answer(command.apply(commands));
    } catch (RedisFailure | io.lettuce.core.RedisException e) {
      throw RedisTrouble.of(e).explain(settings, e);
    }
  }

  /** Those that lead nowhere any more: whoever does not {@link #ask} says how commands went. */
  StaleConnections stale() {
    return stale;
  }

  /** A command failed; the cause says why. */
  static final class RedisFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedisFailure(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Waits for a reply. */
  private <T> T answer(RedisFuture<T> future) {
    try {
      return future.get(settings.commandTimeout().toMillis() + 1000, MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Redis", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (TimeoutException e) {
      throw failure(e);
    }
  }

  private RedisFailure failure(Throwable cause) {
    stale.failed(RedisTrouble.of(cause));
    return new RedisFailure(cause);
  }

  /** Runs a script and waits for what it gives; see {@link #ask} for errors. */
  Object run(Script script, ScriptOutputType type, List<String> keyNames, String... arguments) {
    String[] keyArray = keyNames.toArray(String[]::new);
    try {
      return answer(commands.<Object>evalsha(script.digest(), type, keyArray, arguments));
    } catch (RedisFailure | io.lettuce.core.RedisException e) {
      RedisTrouble trouble = RedisTrouble.of(e);
      if (trouble.remedy() != RedisTrouble.Remedy.SEND_SCRIPT) {
        throw trouble.explain(settings, e);
      }
    }
    return ask(c -> c.<Object>eval(script.text(), type, keyArray, arguments));
  }

  /** Sends commands together. Each of them completes, whatever happens. */
  void dispatch(List<AsyncCommand<String, String, Object>> batch) {
    try {
      if (isCluster()) {
        // A collection would wait here for connections to nodes; single commands do not.
        batch.forEach(connection::dispatch);
      } else {
        connection.dispatch(batch);
      }
    } catch (RuntimeException e) {
      batch.forEach(command -> command.completeExceptionally(e));
    }
  }

  /** Runs something later, in a thread of the connection's. */
  void after(Duration delay, Runnable task) {
    if (!resources.eventExecutorGroup().isShuttingDown()) {
      var unused =
          resources.eventExecutorGroup().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    for (AbstractRedisClient client : clients) {
      client.shutdown(0, 2, TimeUnit.SECONDS);
    }
    resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
