package io.plumbline.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads customers again and again, and notes whatever no reader should ever see. */
final class Reader implements AutoCloseable {
  private final Till till;
  private final List<String> complaints = new ArrayList<>();
  private final Map<String, Long> generations = new HashMap<>();
  private final List<String> users;
  private final Thread thread;
  private volatile boolean reading = true;
  private int reads;

  /**
   * @param users who are there when it begins; those who buy once are read as well, from when they
   *     are there
   */
  Reader(Till till, List<String> users, long bad) {
    this.till = till;
    this.users = users;
    thread =
        new Thread(
            () -> {
              while (reading) {
                users.forEach(user -> look(user, bad));
                till.passers().forEach(user -> look(user, bad));
              }
            },
            "reader");
    thread.setDaemon(true);
    thread.start();
  }

  private void look(String user, long bad) {
    Map<String, String> hash = till.hash(user);
    if (hash.isEmpty()) {
      // Who has just bought is not there yet.
      if (generations.containsKey(user) || users.contains(user)) {
        complaints.add(user + " is gone");
      }
      return;
    }
    long generation = Long.parseLong(hash.get("_gen"));
    double each =
        Double.parseDouble(hash.get("turnover:v1")) / Double.parseDouble(hash.get("sales:v1"));
    if (each != (generation == bad ? Till.WRONG : 1)) {
      complaints.add(user + " is a mix: " + hash);
    }
    Long before = generations.put(user, generation);
    if (before != null && before > generation) {
      complaints.add(user + " went back to generation " + generation);
    }
    reads++;
  }

  /** Ends. Returns what was wrong. */
  List<String> complaints() {
    close();
    return complaints;
  }

  /** How often something was read, once it has ended. */
  int reads() {
    return reads;
  }

  @Override
  public void close() {
    reading = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
