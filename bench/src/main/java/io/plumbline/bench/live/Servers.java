package io.plumbline.bench.live;

import io.plumbline.bench.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The product's {@code dev} verb: a broker, and Redis as its child. */
public final class Servers implements AutoCloseable {

  private final Child child;
  private final CountDownLatch ready;
  private volatile String bootstrap;
  private volatile String redis;

  private Servers(List<String> command, Path folder) throws IOException {
    ready = new CountDownLatch(1);
    child =
        Child.start(
            command, Map.of("PLUMBLINE_HEAP", "1g"), folder.resolve("servers.err"), this::line);
  }

  /**
   * Starts both, empty, on free ports.
   *
   * @param launcher the product's
   * @param definitions whose topics are created
   * @param folder for logs; what the broker had there is deleted
   */
  public static Servers start(Path launcher, Path definitions, int partitions, Path folder)
      throws IOException, InterruptedException {
    Path data = folder.resolve("servers");
    Folders.delete(data);
    Servers servers =
        new Servers(
            List.of(
                launcher.toString(),
                "dev",
                "--defs=" + definitions,
                "--kafka-port=0",
                "--redis-port=0",
                "--partitions=" + partitions,
                "--dir=" + data),
            folder);
    while (!servers.ready.await(1, TimeUnit.SECONDS)) {
      servers.child.requireAlive();
    }
    return servers;
  }

  private void line(String line) {
    String[] words = line.split("\\s+", 0);
    switch (words[0]) {
      case "kafka" -> bootstrap = words[1];
      case "redis" -> redis = words[1];
      case "ready;" -> ready.countDown();
      default -> {
        return;
      }
    }
  }

  /** Of the broker. */
  public String bootstrap() {
    return bootstrap;
  }

  /** Redis' URL. */
  public String redis() {
    return redis;
  }

  /** Processor time of the broker so far. */
  public double brokerCpuSeconds() {
    return child.cpuSeconds();
  }

  /** Processor time of Redis so far. */
  public double redisCpuSeconds() {
    return child.childrensCpuSeconds();
  }

  @Override
  public void close() {
    child.close();
  }
}
