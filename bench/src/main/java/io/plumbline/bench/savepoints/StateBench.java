package io.plumbline.bench.savepoints;

import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Document;
import io.plumbline.bench.Folders;
import io.plumbline.bench.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code state}: bytes of state for a key, beside Flink's own windows. */
@Command(
    name = "state",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Keeps the features of the payments set by Plumbline's timelines and by Flink's windows, each",
      "in a JVM of its own, and compares the size of a full checkpoint after the same payments.",
      "Every value of every key at the end must be the same on both sides."
    })
public final class StateBench implements Callable<Integer> {
  private static final Path ROOT =
      Path.of(System.getProperty("plumbline.bench.root", ".")).toAbsolutePath();
  private static final List<String> BACKENDS = List.of("hashmap", "rocksdb");
  private static final int QUICK_USERS = 1_000;

  @Option(names = "--quick", description = "a thousand users, and no more of Plumbline alone")
  private boolean quick;

  @Option(
      names = "--users",
      defaultValue = "10000",
      description = "of both sides (${DEFAULT-VALUE}): Flink's windows take long")
  private int users;

  @Option(
      names = "--alone",
      defaultValue = "100000",
      description = "users of Plumbline alone (${DEFAULT-VALUE}); 0 for no such run")
  private int alone;

  @Option(
      names = "--payments-per-user",
      defaultValue = "20",
      description = "on average, over all days (${DEFAULT-VALUE})")
  private int each;

  @Option(
      names = "--days",
      defaultValue = "2",
      description =
          "of payments (${DEFAULT-VALUE}): more than one, for windows of a day to be full")
  private int days;

  @Option(names = "--heap", defaultValue = "4g", description = "of each (${DEFAULT-VALUE})")
  private String heap;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final Path work = ROOT.resolve("bench/target/state");
  private int runs;

  @Override
  public Integer call() throws IOException {
    String machine = Machine.describe();
    Folders.delete(work);
    Files.createDirectories(work);
    if (quick) {
      users = QUICK_USERS;
      alone = 0;
    }
    PaymentSource.Log log = log(users);
    List<StateReport.Compared> compared = new ArrayList<>();
    for (String backend : BACKENDS) {
      StateRun.Result ours = run(StateRun.Side.PLUMBLINE, backend, log);
      StateRun.Result theirs = run(StateRun.Side.WINDOWS, backend, log);
      long values = StateCheck.requireEqual(ours.values(), theirs.values());
      compared.add(new StateReport.Compared(backend, ours, theirs, values));
    }
    List<StateReport.Alone> more = new ArrayList<>();
    if (alone > 0) {
      for (String backend : BACKENDS) {
        more.add(
            new StateReport.Alone(
                backend, run(StateRun.Side.PLUMBLINE, backend, log(alone)), log(alone)));
      }
    }
    String text = machine + "\n" + StateReport.markdown(log, compared, more);
    System.out.print(text);
    if (write) {
      Document.put(ROOT.resolve("docs/performance.md"), "Savepoints", "bench state", text);
    }
    return 0;
  }

  private PaymentSource.Log log(int ofUsers) {
    return new PaymentSource.Log(ofUsers, (long) ofUsers * each, days);
  }

  private StateRun.Result run(StateRun.Side side, String backend, PaymentSource.Log log)
      throws IOException {
    Path in = work.resolve("run-" + runs + ".order");
    Path out = work.resolve("run-" + runs + ".result");
    StateRun.write(in, new StateRun.Order(side, backend, log));
    ChildProcess.java(
        System.getProperty("java.class.path"),
        List.of(
            "-Xmx" + heap,
            "-Dplumbline.log=error",
            "-Dplumbline.bench.root=" + ROOT,
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED"),
        StateRun.class.getName(),
        List.of(in.toString(), out.toString()),
        work.resolve("run-" + runs + ".log"));
    runs++;
    StateRun.Result result = (StateRun.Result) StateRun.read(out);
    System.err.printf(
        Locale.ROOT,
        "%s, %s, %,d users: %.0f s, %s%n",
        side,
        backend,
        log.users(),
        result.seconds(),
        result.bytes());
    return result;
  }
}
