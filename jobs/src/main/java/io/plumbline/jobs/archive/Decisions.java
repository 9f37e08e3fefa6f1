package io.plumbline.jobs.archive;

import java.util.ArrayList;
import java.util.List;

/** Publications that were decided and are not carried out yet. */
final class Decisions {
  private final List<Decision> decisions = new ArrayList<>();

  private static final class Decision {
    final Publication publication;
    final long checkpointId;
    boolean submitted;

    Decision(Publication publication, long checkpointId) {
      this.publication = publication;
      this.checkpointId = checkpointId;
    }
  }

  /**
   * @param restored which are part of a checkpoint that has completed
   */
  Decisions(List<Publication> restored) {
    add(restored, Long.MIN_VALUE);
  }

  /** Adds those that a checkpoint is the first to contain. */
  void add(List<Publication> publications, long checkpointId) {
    publications.forEach(p -> decisions.add(new Decision(p, checkpointId)));
  }

  /** Those that a completed checkpoint allows to carry out, each once. */
  List<Publication> submit(long checkpointId) {
    List<Publication> allowed = new ArrayList<>();
    for (Decision decision : decisions) {
      if (!decision.submitted && decision.checkpointId <= checkpointId) {
        decision.submitted = true;
        allowed.add(decision.publication);
      }
    }
    return allowed;
  }

  void done(Publication publication) {
    decisions.removeIf(d -> d.publication == publication);
  }

  List<Publication> all() {
    return decisions.stream().map(d -> d.publication).toList();
  }

  boolean isEmpty() {
    return decisions.isEmpty();
  }

  /** Bytes of segments that are being published. */
  long submittedBytes() {
    long bytes = 0;
    for (Decision decision : decisions) {
      bytes += decision.submitted ? decision.publication.bytes() : 0;
    }
    return bytes;
  }

  long bytes() {
    return decisions.stream().mapToLong(d -> d.publication.bytes()).sum();
  }

  int segments() {
    return decisions.stream().mapToInt(d -> d.publication.segments().size()).sum();
  }

  /** The least ingestion time in any of them, epoch ms. */
  long minIngestedAt() {
    return decisions.stream()
        .flatMap(d -> d.publication.segments().stream())
        .mapToLong(Segment::minIngestedAt)
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
