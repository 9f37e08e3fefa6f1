package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.lake.Completeness;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at a lake again and again while it is written: files do not change or go, each can be read,
 * no record is there twice, and everything up to the completeness that is said is there.
 */
final class Watch implements AutoCloseable {
  private static final long PAUSE_NANOS = 20_000_000;

  private final LakeView lake;
  private final TestLog log;
  private final Thread thread = new Thread(this::run, "watch");
  private final Map<String, String> known = new HashMap<>();
  private volatile boolean stop;
  private volatile Throwable failure;
  private volatile int rows;
  private long complete = Long.MIN_VALUE;

  Watch(Path lake, TestLog log) {
    this.lake = new LakeView(lake);
    this.log = log;
    thread.start();
  }

  /** Records that readers could see when it looked last. */
  int rows() {
    if (failure != null) {
      throw new AssertionError(failure);
    }
    return rows;
  }

  private void run() {
    try {
      while (!stop) {
        look();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      look();
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void look() throws Exception {
    boolean said = Completeness.isPublished(lake.lake(), "pay");
    long now = said ? Completeness.of(lake.lake(), "pay").knowledgeTimeMs() : Long.MIN_VALUE;
    assertThat(now).isGreaterThanOrEqualTo(complete);
    Map<String, String> files = lake.files();
    if (files.size() == known.size() && now == complete) {
      return;
    }
    complete = now;
    assertThat(files).containsAllEntriesOf(known);
    known.putAll(files);
    Set<String> positions = new HashSet<>();
    for (String line : lake.lines()) {
      String[] words = line.split(" ", -1);
      assertThat(positions.add(words[0] + " " + words[1])).as("once: " + line).isTrue();
    }
    rows = positions.size();
    assertThat(
            log.all().stream()
                .filter(r -> r.timestamp() >= 0 && r.timestamp() <= now)
                .filter(r -> !positions.contains(r.partition() + " " + r.offset())))
        .as("missing, though the lake is said to be complete up to " + now)
        .isEmpty();
  }

  @Override
  public void close() {
    stop = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (failure != null) {
      throw new AssertionError(failure);
    }
  }
}
