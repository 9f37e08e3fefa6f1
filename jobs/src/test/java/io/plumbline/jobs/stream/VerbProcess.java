package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A verb in a process of its own, as its users run it. */
final class VerbProcess implements AutoCloseable {
  /** As a shell reports a process that SIGTERM has ended. */
  private static final int TERMINATED = 143;

  private final Process process;
  private final Path said;

  /**
   * Starts it.
   *
   * @param said file for what it says
   * @param properties of the process, as in {@code -Dname=value}
   */
  VerbProcess(Path said, List<String> properties, List<String> arguments) throws IOException {
    this.said = said;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String opened : List.of("java.lang", "java.util", "java.nio")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(properties);
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add(Plumbline.class.getName());
    command.addAll(arguments);
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
  }

  /** Waits until it has said something; gives the first group. */
  String awaitSaid(String pattern) throws Exception {
    Pattern wanted = Pattern.compile(pattern);
    Await.until(pattern, () -> !process.isAlive() || wanted.matcher(said()).find(), this::said);
    Matcher found = wanted.matcher(said());
    assertThat(found.find()).as(said()).isTrue();
    return found.groupCount() == 0 ? found.group() : found.group(1);
  }

  String said() {
    try {
      return Files.readString(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells it to end, and waits until it has. */
  void terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("end of the process").isTrue();
    assertThat(process.exitValue()).isEqualTo(TERMINATED);
    assertThat(said()).doesNotContain("\tat ");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
