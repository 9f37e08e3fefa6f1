package io.plumbline.jobs.archive;

import io.plumbline.jobs.archive.Publisher.Published;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes beside the task that takes records, one publication after the other. */
final class PublisherThread {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherThread.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Publisher publisher;
  private final ExecutorService thread;

  PublisherThread(Publisher publisher, String name) {
    this.publisher = publisher;
    thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread made = new Thread(work, name);
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * @param done is told, in this thread, what was published or why it was not
   */
  void publish(Publication publication, BiConsumer<Published, Throwable> done) {
    thread.execute(
        () -> {
          Published published = null;
          Throwable failure = null;
          try {
            published = publisher.publish(publication);
          } catch (Throwable e) {
            failure = e;
          }
          try {
            done.accept(published, failure);
          } catch (RejectedExecutionException e) {
            LOG.debug("the task has ended before it could be told of {}", publication, e);
          }
        });
  }

  /** Gives up what is being published, and waits until nothing more happens. */
  void stop() {
    thread.shutdownNow();
    boolean interrupted = false;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!thread.isTerminated()) {
      try {
        if (!thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          throw new IllegalStateException("a publication of the archive does not end");
        }
      } catch (InterruptedException e) {
        // Who comes after this task must not meet a publication of it.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
