package io.plumbline.jobs.app;

import io.plumbline.UserError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Looks at ports before Flink does, which tries for a minute and then says little. */
final class Ports {
  static final int LARGEST = 65_535;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Ports() {}

  /**
   * @param port of this machine; 0 for any
   * @throws UserError if nobody can listen on it
   */
  static void checkFree(String option, int port) {
    if (port < 0 || port > LARGEST) {
      throw UserError.wrongCall(option + " is " + port + "; write 1 to " + LARGEST);
    }
    if (port > 0) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(port));
      } catch (IOException e) {
        throw UserError.invalid(
            option
                + " "
                + port
                + ": cannot listen there ("
                + e.getMessage()
                + "); name a free port");
      }
    }
  }

  /**
   * @throws UserError if nobody listens there
   */
  static void checkReached(String option, String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    String problem = "there is no such host";
    if (!address.isUnresolved()) {
      try (Socket socket = new Socket()) {
        socket.connect(address, (int) PATIENCE.toMillis());
        return;
      } catch (IOException e) {
        problem = e.getMessage();
      }
    }
    throw UserError.invalid(
        option
            + " "
            + host
            + ":"
            + port
            + ": no Flink cluster can be reached there ("
            + problem
            + "); start it, or correct the address");
  }
}
