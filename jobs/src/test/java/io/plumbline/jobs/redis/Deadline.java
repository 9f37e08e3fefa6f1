package io.plumbline.jobs.redis;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what is to happen, but not for ever. */
final class Deadline {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Deadline() {}

  static void until(String what, Callable<Boolean> happened) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!happened.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("did not happen within " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
