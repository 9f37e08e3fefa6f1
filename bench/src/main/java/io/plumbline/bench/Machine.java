package io.plumbline.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** What results were measured on. */
public final class Machine {
  private Machine() {}

  /** A sentence about this machine and what else it does just now. */
  public static String describe() {
    return String.format(
        Locale.ROOT,
        "%s: %d processors (%s), %d GB, JDK %s; load before the start %.1f.",
        LocalDate.now(ZoneOffset.UTC),
        Runtime.getRuntime().availableProcessors(),
        info("/proc/cpuinfo", "model name"),
        Math.round(
            Double.parseDouble(info("/proc/meminfo", "MemTotal").split(" ", 0)[0]) / (1 << 20)),
        System.getProperty("java.version"),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String info(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // Not every system has it.
      return "0";
    }
    return "0";
  }
}
