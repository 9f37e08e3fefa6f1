package io.plumbline.jobs.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three masters. */
public final class TestCluster implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int BUS = 10_000;
  private static final int HIGHEST = 65_535 - BUS;

  final List<LocalRedis> nodes = new ArrayList<>();

  public TestCluster(Path folder) throws Exception {
    for (int i = 0; i < MASTERS; i++) {
      int port = port();
      nodes.add(
          LocalRedis.in(folder)
              .port(port)
              .option("cluster-enabled", "yes")
              .option("cluster-config-file", "nodes-" + port + ".conf")
              .option("cluster-node-timeout", "1000")
              .start());
    }
    for (int i = 0; i < MASTERS; i++) {
      int first = SlotHash.SLOT_COUNT * i / MASTERS;
      int end = SlotHash.SLOT_COUNT * (i + 1) / MASTERS;
      try (RedisClient client = RedisClient.create(nodes.get(i).uri());
          StatefulRedisConnection<String, String> node = client.connect()) {
        node.sync().clusterAddSlots(IntStream.range(first, end).toArray());
        for (LocalRedis other : nodes) {
          node.sync().clusterMeet("127.0.0.1", other.port());
        }
      }
    }
    for (LocalRedis member : nodes) {
      try (RedisClient client = RedisClient.create(member.uri());
          StatefulRedisConnection<String, String> node = client.connect()) {
        Deadline.until(
            "the cluster is whole",
            () -> {
              String info = node.sync().clusterInfo();
              return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3");
            });
      }
    }
  }

  private static int port() {
    while (true) {
      int port = LocalRedis.freePort();
      if (port <= HIGHEST && isFree(port + BUS)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** The addresses of all. */
  public String uris() {
    return nodes.stream().map(LocalRedis::uri).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    nodes.forEach(LocalRedis::close);
  }
}
