package io.plumbline.jobs.local;

import io.plumbline.UserError;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server in a process of its own. It keeps nothing on disk, listens on this machine
 * alone, and ends with this program.
 */
public final class LocalRedis implements AutoCloseable {
  private static final long START_SECONDS = 10;
  private static final long STOP_SECONDS = 5;
  private static final long BETWEEN_LOOKS_MS = 10;
  private static final int LOG_LINES = 5;

  private final Path directory;
  private final int port;
  private final List<String> command;
  private final Thread hook;
  private Process process;

  private LocalRedis(Path directory, int port, List<String> options) throws IOException {
    this.directory = directory;
    this.port = port;
    command = new ArrayList<>();
    command.add(executable(directory).toString());
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
    command.addAll(List.of("--dir", directory.toAbsolutePath().toString()));
    command.addAll(List.of("--dbfilename", "redis-" + port + ".rdb"));
    command.addAll(options);
    hook = new Thread(() -> process.destroyForcibly(), "stop-redis-" + port);
  }

  /** A server's settings. */
  public static final class Builder {
    private final Path directory;
    private final List<String> options = new ArrayList<>();
    private int port;

    private Builder(Path directory) {
      this.directory = directory;
    }

    /** Listens on this port; on a free one if nothing is said. */
    public Builder port(int number) {
      port = number;
      return this;
    }

    /** One of Redis's own settings, e.g. {@code maxmemory} and {@code 2mb}. */
    public Builder option(String name, String... values) {
      options.add("--" + name);
      options.addAll(List.of(values));
      return this;
    }

    /**
     * Starts the server and waits until it answers.
     *
     * @throws UserError if it does not within ten seconds
     */
    public LocalRedis start() {
      try {
        Files.createDirectories(directory);
        LocalRedis redis = new LocalRedis(directory, port == 0 ? freePort() : port, options);
        redis.launch();
        Runtime.getRuntime().addShutdownHook(redis.hook);
        return redis;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A server whose files lie in a directory, which several may share.
   *
   * @param directory need not exist
   */
  public static Builder in(Path directory) {
    return new Builder(directory);
  }

  /** A port that nothing listens on just now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static synchronized Path executable(Path directory) throws IOException {
    Path executable = directory.resolve("redis-server");
    if (Files.isExecutable(executable)) {
      return executable;
    }
    Path unpacked = Files.createTempDirectory(directory, "unpack");
    File file = ExecutableProvider.newJarResourceProvider(unpacked.toFile()).get();
    try {
      Files.move(file.toPath(), executable);
    } catch (FileAlreadyExistsException e) {
      Files.delete(file.toPath());
    }
    Files.deleteIfExists(unpacked);
    return executable;
  }

  private void launch() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log().toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw UserError.invalid(
            "Redis did not start on port " + port + "; the end of " + log() + ": " + lastLines());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_LOOKS_MS));
    }
  }

  private Path log() {
    return directory.resolve("redis-" + port + ".log");
  }

  private String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join(" / ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "unreadable";
    }
  }

  /** Whether it answers at all: with an error too, except while it loads. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] reply = socket.getInputStream().readNBytes(4);
      String start = new String(reply, StandardCharsets.US_ASCII);
      return process.isAlive() && start.length() == 4 && !start.equals("-LOA");
    } catch (IOException e) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** The address, e.g. {@code redis://127.0.0.1:6379}. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Ends the server at once, as a crash would. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Redis on port " + port + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the server again on its port, empty, and waits until it answers. */
  public void restart() {
    kill();
    launch();
  }

  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program is ending, and the hook with it.
      return;
    }
  }
}
