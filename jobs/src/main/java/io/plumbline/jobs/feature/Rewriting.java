package io.plumbline.jobs.feature;

import java.util.ArrayDeque;

/** Shows every key of a subtask, once for each request. */
final class Rewriting implements TimePassing.Work {
  /** Shows what is kept of a bucket's keys, if anything is. */
  interface Shower {
    void show(Long hash) throws Exception;
  }

  private final Shower shower;

  /** The last request; null if there was none. */
  private String request;

  private ArrayDeque<Long> left = new ArrayDeque<>();

  Rewriting(Shower shower) {
    this.shower = shower;
  }

  boolean isNew(String newRequest) {
    return !newRequest.equals(request);
  }

  /**
   * Begins, in place of what was not done with.
   *
   * @param hashes of all keys
   */
  void begin(String newRequest, ArrayDeque<Long> hashes) {
    request = newRequest;
    left = hashes;
  }

  @Override
  public boolean isDone() {
    return left.isEmpty();
  }

  @Override
  public void next() throws Exception {
    shower.show(left.remove());
  }
}
