package io.plumbline.jobs.conformance;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;

/** Lets a source of one task in this JVM emit so many records and no more. */
final class Gate implements RateLimiterStrategy<NumberSequenceSplit> {
  private static final long serialVersionUID = 1L;

  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final Map<Integer, CompletableFuture<Void>> REACHED = new ConcurrentHashMap<>();

  private final int number = NUMBERS.incrementAndGet();
  private final int records;

  private Gate(int records) {
    this.records = records;
    REACHED.put(number, new CompletableFuture<>());
  }

  static Gate after(int records) {
    return new Gate(records);
  }

  /** Done when the source stands at the gate. */
  CompletableFuture<Void> reached() {
    return REACHED.get(number);
  }

  @Override
  public RateLimiter<NumberSequenceSplit> createRateLimiter(int parallelism) {
    return new RateLimiter<>() {
      private int passed;

      @Override
      public CompletionStage<Void> acquire(int permits) {
        passed += permits;
        if (passed <= records) {
          return CompletableFuture.completedFuture(null);
        }
        reached().complete(null);
        return new CompletableFuture<>();
      }
    };
  }
}
