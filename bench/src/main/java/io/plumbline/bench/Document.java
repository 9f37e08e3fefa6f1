package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts results into a document, between two marks that name them. */
public final class Document {
  private Document() {}

  /**
   * Replaces a marked block, or appends it at the end of a section, which is made where there is
   * none.
   *
   * @param section title of a heading of the second level
   * @param mark names the block
   */
  public static void put(Path file, String section, String mark, String text) throws IOException {
    String begin = "<!-- begin " + mark + " -->";
    String end = "<!-- end " + mark + " -->";
    String block = begin + "\n" + text.strip() + "\n" + end + "\n";
    String old = Files.readString(file);
    int from = old.indexOf(begin);
    int to = old.indexOf(end);
    if (from >= 0 && to > from) {
      String rest = old.substring(to + end.length()).replaceFirst("^\n", "");
      Files.writeString(file, old.substring(0, from) + block + rest);
      return;
    }
    String heading = "\n## " + section + "\n";
    int at = old.indexOf(heading);
    if (at < 0) {
      Files.writeString(file, old.stripTrailing() + "\n" + heading + "\n" + block);
      return;
    }
    int next = old.indexOf("\n## ", at + 1);
    String before = next < 0 ? old : old.substring(0, next);
    String after = next < 0 ? "" : old.substring(next);
    Files.writeString(file, before.stripTrailing() + "\n\n" + block + after);
  }
}
