package io.plumbline.jobs.local;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker in this process, its own controller, for clients on this machine. Records are kept
 * for ever, whatever their timestamps, unless a topic's configuration says otherwise.
 */
public final class LocalKafka implements AutoCloseable {
  private static final String HOST = "localhost";
  private static final int ATTEMPTS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaRaftServer server;
  private final int port;
  private final Admin admin;

  private LocalKafka(KafkaRaftServer server, int port, Map<String, String> client) {
    this.server = server;
    this.port = port;
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("bootstrap.servers", bootstrap());
    admin = Admin.create(settings);
  }

  /**
   * Starts a broker, and returns when it serves.
   *
   * @param port on localhost; 0 for a free one
   * @param dir for its data, left as it is on close; one that a broker has used goes on with its
   *     topics
   * @throws UserError if the port is taken
   */
  public static LocalKafka start(int port, Path dir) throws IOException {
    return start(port, dir, Map.of(), Map.of());
  }

  /**
   * @param broker settings of the broker that differ from the usual ones
   * @param client settings that a client of such a broker needs
   */
  static LocalKafka start(
      int port, Path dir, Map<String, String> broker, Map<String, String> client)
      throws IOException {
    if (port != 0 && !isFree(port)) {
      throw UserError.wrongCall(
          "port "
              + port
              + " on "
              + HOST
              + " is taken; name another one, or stop what listens there");
    }
    Files.createDirectories(dir);
    format(dir);
    for (int attempt = 1; ; attempt++) {
      int[] ports = freePorts();
      int listener = port == 0 ? ports[0] : port;
      KafkaRaftServer server =
          new KafkaRaftServer(config(listener, ports[1], dir, broker), Time.SYSTEM);
      try {
        server.startup();
        return new LocalKafka(server, listener, client);
      } catch (RuntimeException e) {
        server.shutdown();
        // Between looking for free ports and listening on them, another process may take one.
        if (attempt == ATTEMPTS || (isFree(listener) && isFree(ports[1]))) {
          throw e;
        }
      }
    }
  }

  /** Where clients connect to. */
  public String bootstrap() {
    return HOST + ":" + port;
  }

  /**
   * Creates a topic and returns when it can be written to and read from.
   *
   * @param config of the topic, e.g. {@code message.timestamp.type}
   * @throws IllegalStateException if it exists already, or cannot be created
   */
  public void createTopic(String name, int partitions, Map<String, String> config) {
    try {
      NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(config);
      admin.createTopics(List.of(topic)).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      String why = e.getCause() instanceof TopicExistsException ? "it exists already" : "" + e;
      throw new IllegalStateException("cannot create topic " + name + ": " + why, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("topic " + name + " was not created in " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while topic " + name + " was created", e);
    }
    awaitLeaders(name, partitions);
    awaitLogs(name, partitions);
  }

  /** The same, where there may be such a topic already. */
  public void createTopicIfMissing(String name, int partitions, Map<String, String> config) {
    try {
      if (admin
          .listTopics()
          .names()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .contains(name)) {
        return;
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot list topics: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while topics were listed", e);
    }
    createTopic(name, partitions, config);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
    server.shutdown();
    server.awaitShutdown();
  }

  private void awaitLeaders(String name, int partitions) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!hasLeaders(name, partitions)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("topic " + name + " is not served after " + PATIENCE);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /**
   * A leader is known before its log is there. Writers would have their first records refused, and
   * an idempotent one may then stand still; asking where a log ends is tried until it is there.
   */
  private void awaitLogs(String name, int partitions) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
    }
    try {
      admin.listOffsets(ends).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("topic " + name + " cannot be read: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for topic " + name, e);
    }
  }

  private boolean hasLeaders(String name, int partitions) {
    try {
      TopicDescription topic =
          admin
              .describeTopics(List.of(name))
              .topicNameValues()
              .get(name)
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return topic.partitions().size() == partitions
          && topic.partitions().stream().allMatch(p -> p.leader() != null && !p.leader().isEmpty());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw new IllegalStateException("cannot look at topic " + name, e);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for topic " + name, e);
    }
  }

  private static KafkaConfig config(
      int port, int controllerPort, Path dir, Map<String, String> broker) {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    p.put(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    p.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("log.dirs", dir.toString());
    p.put("log.retention.ms", "-1");
    p.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
    p.put("auto.create.topics.enable", "false");
    for (String internal : List.of("offsets.topic", "transaction.state.log")) {
      p.put(internal + ".replication.factor", "1");
      p.put(internal + ".num.partitions", "1");
    }
    p.put("transaction.state.log.min.isr", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    // One machine's share of work: a server's defaults take threads and memory for many clients.
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "2");
    p.put("background.threads", "2");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    p.putAll(broker);
    return new KafkaConfig(p, false);
  }

  private static void format(Path dir) throws IOException {
    try {
      new Formatter()
          .setClusterId("plumbline-local")
          .setNodeId(1)
          .addDirectory(dir.toString())
          .setMetadataLogDirectory(Optional.of(dir.toString()))
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot prepare " + dir + " for Kafka", e);
    }
  }

  /** Two ports that differ, because both are held before either is let go. */
  private static int[] freePorts() throws IOException {
    try (ServerSocket one = bound(0);
        ServerSocket other = bound(0)) {
      return new int[] {one.getLocalPort(), other.getLocalPort()};
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = bound(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket bound(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
