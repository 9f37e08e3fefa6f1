package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.pipeline.JobFailures;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job that runs until it is stopped. */
final class RunningJob {
  private static final long STOP_SECONDS = 60;

  private final JobOptions options;
  private final PrintWriter terminal;
  private Consumer<JobID> afterCancel = job -> {};
  private volatile boolean ended;

  RunningJob(JobOptions options, PrintWriter terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** What to do when a job in this process was canceled. */
  RunningJob afterCancel(Consumer<JobID> action) {
    afterCancel = action;
    return this;
  }

  /**
   * Runs the job that was added to an environment. In this process: until the process is told to
   * end; then the job leaves a savepoint, if it was told where. On a cluster: hands it over.
   *
   * @return exit code
   */
  int run(StreamExecutionEnvironment env, String name, String what) {
    try {
      if (JobOptions.underFlink()) {
        env.execute(name);
        return 0;
      }
      JobClient job = env.executeAsync(name);
      terminal.printf("%s: %s; job %s%n", name, what, job.getJobID());
      terminal.flush();
      if (options.isRemote()) {
        return 0;
      }
      terminal.println("web UI: " + options.webUi());
      terminal.flush();
      Thread stop = new Thread(() -> stop(job), "stop");
      Runtime.getRuntime().addShutdownHook(stop);
      try {
        job.getJobExecutionResult().get();
      } finally {
        ended = true;
      }
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UserError.Exit.NO.code();
    } catch (Exception e) {
      if (wasStopped(e)) {
        return 0;
      }
      throw JobFailures.explain(e);
    }
  }

  private void stop(JobClient job) {
    if (ended) {
      return;
    }
    try {
      if (options.savepoints() != null) {
        String savepoint =
            job.stopWithSavepoint(false, options.savepoints(), SavepointFormatType.CANONICAL)
                .get(STOP_SECONDS, TimeUnit.SECONDS);
        terminal.println("stopped; go on with --from " + savepoint);
      } else {
        job.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
        job.getJobExecutionResult()
            .handle((result, canceled) -> result)
            .get(STOP_SECONDS, TimeUnit.SECONDS);
        afterCancel.accept(job.getJobID());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      terminal.println("could not stop the job in order: " + e.getMessage());
    }
    terminal.flush();
  }

  private static boolean wasStopped(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JobCancellationException || cause instanceof CancellationException) {
        return true;
      }
    }
    return false;
  }
}
