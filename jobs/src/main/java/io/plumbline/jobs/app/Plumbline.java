package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.backfill.Product;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import org.apache.flink.api.common.RuntimeExecutionMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The command line: one verb for each job or tool. */
@Command(
    name = "plumbline",
    mixinStandardHelpOptions = true,
    versionProvider = Plumbline.Version.class,
    synopsisSubcommandLabel = "VERB",
    description = "Features that are the same in training and in serving.",
    subcommands = {
      ValidateCommand.class,
      GenerateCommand.class,
      ImportCommand.class,
      BackfillCommand.class,
      StreamCommand.class,
      ArchiveCommand.class,
      RejectedCommand.class,
      RewriteCommand.class,
      DevCommand.class,
      DemoCommand.class
    })
public final class Plumbline {
  /** None of a user's exit codes: a fault of the program's own, or of the machine's. */
  private static final int FAILED = 3;

  /** Says which version this is. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"plumbline " + Product.version()};
    }
  }

  private Plumbline() {}

  /** The command line with all verbs there are, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Plumbline());
    for (Verbs further : ServiceLoader.load(Verbs.class, Plumbline.class.getClassLoader())) {
      further.commands().forEach(line::addSubcommand);
    }
    return configured(line);
  }

  /** The same for a call; other modules' verbs are looked for, in every jar, only if need be. */
  private static CommandLine commandLine(String[] call) {
    CommandLine own = new CommandLine(new Plumbline());
    return call.length > 0 && own.getSubcommands().containsKey(call[0])
        ? configured(own)
        : commandLine();
  }

  private static CommandLine configured(CommandLine line) {
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Knowledge.class, Plumbline::knowledge)
        .registerConverter(TableFormat.class, Plumbline::format)
        .registerConverter(Path.class, Plumbline::path)
        .registerConverter(RuntimeExecutionMode.class, Plumbline::runtime)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              if (failure instanceof UserError error) {
                command.getErr().println(error.getMessage());
                return error.exit().code();
              }
              failure.printStackTrace(command.getErr());
              return FAILED;
            });
  }

  /**
   * Runs a verb and ends the process, whatever threads are still there. In a process of Flink's,
   * which goes on, it returns instead.
   *
   * @throws JobRefused in a process of Flink's, if the verb failed
   */
  public static void main(String[] args) {
    if (isInsideFlink()) {
      StringWriter complaints = new StringWriter();
      int code = commandLine(args).setErr(new PrintWriter(complaints, true)).execute(args);
      if (code != 0) {
        throw new JobRefused(complaints.toString().strip());
      }
      return;
    }
    int code = commandLine(args).execute(args);
    System.out.flush();
    System.err.flush();
    System.exit(code);
  }

  /**
   * Whether Flink called main: it makes a class loader of its own for that. Asking Flink itself
   * costs a verb that needs none of it half a second.
   */
  private static boolean isInsideFlink() {
    return Thread.currentThread().getContextClassLoader() != ClassLoader.getSystemClassLoader();
  }

  private static Knowledge knowledge(String text) {
    for (Knowledge knowledge : Knowledge.values()) {
      if (knowledge.label().equals(text)) {
        return knowledge;
      }
    }
    throw new TypeConversionException("'" + text + "' is neither as-known nor hindsight");
  }

  private static TableFormat format(String text) {
    for (TableFormat format : TableFormat.values()) {
      if (format.extension().equals(text)) {
        return format;
      }
    }
    throw new TypeConversionException("'" + text + "' is neither parquet nor jsonl");
  }

  /** Jobs name their savepoints by URL. */
  static Path path(String text) {
    return text.startsWith("file:")
        ? Path.of(new org.apache.flink.core.fs.Path(text).getPath())
        : Path.of(text);
  }

  private static RuntimeExecutionMode runtime(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "batch" -> RuntimeExecutionMode.BATCH;
      case "streaming" -> RuntimeExecutionMode.STREAMING;
      default -> throw new TypeConversionException("'" + text + "' is neither batch nor streaming");
    };
  }
}
