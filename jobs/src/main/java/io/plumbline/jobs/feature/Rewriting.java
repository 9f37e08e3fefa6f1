package io.plumbline.jobs.feature;

import java.util.ArrayDeque;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * Shows every key of a subtask, once for each request. A request that was not done with when state
 * was kept is begun again.
 */
final class Rewriting implements TimePassing.Work {
  /** Shows what is kept of a bucket's keys, if anything is. */
  interface Shower {
    void show(Long hash) throws Exception;
  }

  /** The hashes of all keys. */
  interface Hashes {
    ArrayDeque<Long> get() throws Exception;
  }

  private final ListState<String> kept;
  private final Hashes hashes;
  private final Shower shower;

  /** The last request; null if there was none. */
  private String request;

  private ArrayDeque<Long> left = new ArrayDeque<>();

  Rewriting(OperatorStateStore store, Hashes hashes, Shower shower) throws Exception {
    this.kept =
        store.getUnionListState(new ListStateDescriptor<>("rewrite", StringSerializer.INSTANCE));
    this.hashes = hashes;
    this.shower = shower;
  }

  /** Begins again what was not done with. */
  void restore() throws Exception {
    for (String unfinished : kept.get()) {
      begin(unfinished);
    }
  }

  /** Begins, unless this request was the last. */
  void begin(String newRequest) throws Exception {
    if (!newRequest.equals(request)) {
      request = newRequest;
      left = hashes.get();
    }
  }

  void keep() throws Exception {
    kept.update(left.isEmpty() ? List.of() : List.of(request));
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
