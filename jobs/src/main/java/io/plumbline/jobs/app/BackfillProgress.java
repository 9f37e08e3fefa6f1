package io.plumbline.jobs.app;

import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillPlan;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.pipeline.LakeRecords;
import io.plumbline.jobs.pipeline.TableRows;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;

/** A line about a running backfill: rows and partitions read, rows written, time left. */
final class BackfillProgress implements Backfill.Watcher {
  private final PrintStream terminal;

  BackfillProgress(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void follow(BackfillPlan plan, JobClient job) {
    long started = System.nanoTime();
    boolean printed = false;
    while (!ended(job)) {
      double seconds = (System.nanoTime() - started) / 1e9;
      if (seconds > 2) {
        print(plan, job, seconds);
        printed = true;
      }
    }
    if (printed) {
      terminal.println();
    }
  }

  /** Waits up to a second. */
  private static boolean ended(JobClient job) {
    try {
      job.getJobExecutionResult().get(1, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void print(BackfillPlan plan, JobClient job, double seconds) {
    Map<String, Object> counts;
    try {
      counts = job.getAccumulators().get(1, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | IllegalStateException e) {
      // The job has ended, or is too busy to say: there is nothing to tell now.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    long rows = plan.lake().values().stream().mapToLong(LakePlan::rows).sum();
    long files = plan.lake().values().stream().mapToLong(p -> p.files().size()).sum();
    long read = sum(counts, LakeRecords.ROWS_READ);
    long filesRead = sum(counts, LakeRecords.FILES_READ);
    long written = sum(counts, TableRows.ROWS);
    long observations = plan.observations().summary().rows();
    double done = 0.5 * read / Math.max(1, rows) + 0.5 * written / observations;
    terminal.printf(
        "\r%,d of %,d events read, %,d of %,d partition files, %,d of %,d rows written, %s   ",
        read, rows, filesRead, files, written, observations, left(done, seconds));
    terminal.flush();
  }

  private static String left(double done, double seconds) {
    return done < 0.02
        ? String.format("%.0f s so far", seconds)
        : String.format("about %.0f s left", seconds / done - seconds);
  }

  private static long sum(Map<String, Object> counts, String prefix) {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix) && e.getValue() instanceof Long)
        .mapToLong(e -> (Long) e.getValue())
        .sum();
  }
}
