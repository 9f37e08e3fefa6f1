package io.plumbline.jobs.feature;

import java.util.ArrayDeque;

/** Looks at every key of a subtask in turn, once for each request. */
final class KeysInTurn implements TimePassing.Work {
  /** Looks at what is kept of a bucket's keys, if anything is. */
  interface Visitor {
    void visit(Long hash) throws Exception;
  }

  private final Visitor visitor;

  /** The last request; null if there was none. */
  private String request;

  private ArrayDeque<Long> left = new ArrayDeque<>();

  KeysInTurn(Visitor visitor) {
    this.visitor = visitor;
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
    visitor.visit(left.remove());
  }
}
