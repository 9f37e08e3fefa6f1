package io.plumbline.definition;

import java.util.Collection;
import java.util.Optional;

/** Finds what a misspelt name was meant to be. */
public final class Names {
  private Names() {}

  /**
   * The candidate that takes the fewest edits (insert, delete, replace, swap of neighbours) to turn
   * into {@code wrong}, the first of equals; empty if none is near enough to be what was meant.
   */
  public static Optional<String> nearest(String wrong, Collection<String> candidates) {
    String best = null;
    int bestEdits = Math.max(1, wrong.length() / 3) + 1;
    for (String candidate : candidates) {
      int edits = edits(wrong, candidate);
      if (edits < bestEdits) {
        best = candidate;
        bestEdits = edits;
      }
    }
    return Optional.ofNullable(best);
  }

  /** What to say to a wrong name: the nearest right one where there is one, then all of them. */
  public static String suggest(String wrong, String kind, Collection<String> candidates) {
    if (candidates.isEmpty()) {
      return "there is no " + kind + " to choose from";
    }
    String all = "there are " + String.join(", ", candidates);
    return nearest(wrong, candidates).map(n -> "did you mean '" + n + "'? " + all).orElse(all);
  }

  /** Optimal string alignment distance, see Navarro, "A guided tour to approximate matching". */
  private static int edits(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      before = last;
      last = row;
    }
    return last[b.length()];
  }
}
