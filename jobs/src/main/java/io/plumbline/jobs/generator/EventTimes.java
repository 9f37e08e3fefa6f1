package io.plumbline.jobs.generator;

import java.util.SplittableRandom;

/** The moments at which events happen: a Poisson process with quiet spells cut in. */
final class EventTimes {
  private final GeneratorOptions.Schedule schedule;
  private final SplittableRandom random;
  private final double meanGapMs;
  private final long busyMs;
  private double busySinceStartMs;
  private long drawn;
  private long next;

  EventTimes(GeneratorOptions.Schedule schedule, SplittableRandom random) {
    this.schedule = schedule;
    this.random = random;
    this.meanGapMs = 1_000 / schedule.ratePerSecond();
    this.busyMs = schedule.quietEveryMs() - schedule.quietForMs();
    draw();
  }

  boolean hasNext() {
    return drawn <= schedule.events() && next < schedule.endMs();
  }

  /** The next moment, epoch ms, not before any before it; it stays the next until {@link #take}. */
  long peek() {
    return next;
  }

  long take() {
    long taken = next;
    draw();
    return taken;
  }

  private void draw() {
    drawn++;
    busySinceStartMs -= StrictMath.log(1 - random.nextDouble()) * meanGapMs;
    long busy = (long) busySinceStartMs;
    long quiet = busyMs > 0 ? busy / busyMs * schedule.quietForMs() : 0;
    next = schedule.startMs() + busy + quiet;
  }
}
