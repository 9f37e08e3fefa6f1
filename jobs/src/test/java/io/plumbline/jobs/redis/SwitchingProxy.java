package io.plumbline.jobs.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An address that follows the master: new connections lead to one server, and those that were made
 * before stay as they are.
 */
final class SwitchingProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 14;

  private final ServerSocket listener;
  private final List<Pair> pairs = new CopyOnWriteArrayList<>();
  private volatile int target;

  /** Two ends of one connection. */
  private static final class Pair {
    private final Socket client;
    private final Socket server;
    private volatile boolean silent;

    private Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    private void carry(Socket from, Socket to) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!silent) {
            out.write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // One end is closed, and now the other is too.
        return;
      }
    }
  }

  SwitchingProxy(int port) throws IOException {
    target = port;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String uri() {
    return "redis://127.0.0.1:" + listener.getLocalPort();
  }

  /** Leads new connections to another port. */
  void lead(int port) {
    target = port;
  }

  /** Lets nothing through on the connections that there are, and does not tell their ends. */
  void silence() {
    pairs.forEach(pair -> pair.silent = true);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Pair pair = new Pair(client, server);
        pairs.add(pair);
        start(() -> pair.carry(client, server));
        start(() -> pair.carry(server, client));
      }
    } catch (IOException e) {
      // The listener is closed.
      return;
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Pair pair : pairs) {
        pair.client.close();
        pair.server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
