package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The records that rollbacks go to: that of the one which has begun and is not done, and of each
 * job that of its last one, from which it runs although newer records are of the bad release.
 */
final class RollbackTargets {
  private static final String OPEN = "_rollback.json";
  private static final String DONE = "_rollback-(\\d{1,18})\\.json";

  private RollbackTargets() {}

  /**
   * @return ids
   * @throws UserError if a journal cannot be read
   */
  static Set<String> of(Path catalog, List<CatalogRecord> records) {
    Map<String, String> jobs = new HashMap<>();
    records.forEach(
        record ->
            jobs.put(
                record.id(),
                record.job() == null || record.job().name() == null ? "" : record.job().name()));
    Set<String> targets = new HashSet<>();
    if (Files.exists(catalog.resolve(OPEN))) {
      targets.add(target(catalog.resolve(OPEN)));
    }
    Map<String, String> last = new HashMap<>();
    for (Path journal : done(catalog)) {
      String target = target(journal);
      if (jobs.containsKey(target)) {
        last.put(jobs.get(target), target);
      }
    }
    targets.addAll(last.values());
    return targets;
  }

  /** The oldest first. */
  private static List<Path> done(Path catalog) {
    try (Stream<Path> files = Files.list(catalog)) {
      return files
          .filter(file -> file.getFileName().toString().matches(DONE))
          .sorted(Comparator.comparingLong(RollbackTargets::began))
          .toList();
    } catch (IOException e) {
      throw UserError.wrongCall("--catalog " + catalog + " cannot be read: " + e);
    }
  }

  private static long began(Path journal) {
    return Long.parseLong(journal.getFileName().toString().replaceFirst(DONE, "$1"));
  }

  private static String target(Path journal) {
    try {
      JsonNode to = Json.MAPPER.readTree(Files.readAllBytes(journal)).path("to");
      if (to.isTextual()) {
        return to.asText();
      }
    } catch (IOException e) {
      // It is named below, as one that says something else.
    }
    throw UserError.wrongCall(
        journal + " is no journal of a rollback, and so nobody knows what it needs; move it away");
  }
}
