package io.plumbline.jobs.feature;

import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelineMigration;
import io.plumbline.timeline.TimelinePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of all entity keys with one hash, nearly always one key: one value, read once and
 * written once for each record.
 */
public final class KeyBucket extends KeptAtHand.Kept {
  /** Name of the state that holds buckets. */
  static final String STATE = "timelines";

  final List<KeyState> keys = new ArrayList<>(1);

  /** When to look at the keys next, epoch ms; {@code Long.MAX_VALUE} if never. */
  long dueAt = Long.MAX_VALUE;

  /**
   * The last time, after {@link #dueAt}, for which {@link DueKeys} have this bucket already, epoch
   * ms; {@code Long.MAX_VALUE} if none is known. Where questions come often and windows are long,
   * it would stand there many times over.
   */
  long listedAt = Long.MAX_VALUE;

  /**
   * Sets when to look at the keys next, if that is sooner than so far.
   *
   * @return whether {@link DueKeys} are to be told
   */
  boolean callAt(long time) {
    if (time >= dueAt) {
      return false;
    }
    if (dueAt < Long.MAX_VALUE) {
      listedAt = listedAt == Long.MAX_VALUE ? dueAt : Math.max(listedAt, dueAt);
    }
    dueAt = time;
    if (time == listedAt) {
      listedAt = Long.MAX_VALUE;
      return false;
    }
    return true;
  }

  /**
   * Takes note that a time has come for which {@link DueKeys} had this bucket.
   *
   * @return whether the keys are to be looked at: not if an earlier time has replaced it
   */
  boolean called(long time) {
    if (time == listedAt) {
      listedAt = Long.MAX_VALUE;
    }
    if (time != dueAt) {
      return false;
    }
    dueAt = Long.MAX_VALUE;
    return true;
  }

  /** What Flink keys by, see {@link EntityKey#hash}; there is a key. */
  public long hash() {
    return EntityKey.hash(keys.get(0).key);
  }

  /** The state of a key, made where there is none. */
  KeyState of(String key, TimelinePlan plan) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).key.equals(key)) {
        return keys.get(i);
      }
    }
    KeyState state = new KeyState(key, new Timeline(plan));
    keys.add(state);
    return state;
  }

  /**
   * This bucket, with what another of the same plan keeps of other features. When to look at the
   * keys is to be found out again.
   */
  public KeyBucket join(KeyBucket other) {
    dueAt = Long.MAX_VALUE;
    listedAt = Long.MAX_VALUE;
    for (KeyState more : other.keys) {
      KeyState state = of(more.key, more.timeline.plan());
      new TimelineMigration(more.timeline.plan(), state.timeline.plan())
          .addTo(state.timeline, more.timeline);
      state.asOf = Math.max(state.asOf, more.asOf);
      more.questions.forEach(state::ask);
    }
    return this;
  }

  /** Whether its timelines are those of a plan. */
  boolean isOf(TimelinePlan plan) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).timeline.plan() != plan) {
        return false;
      }
    }
    return true;
  }

  /** This bucket, with another's keys too. */
  KeyBucket with(KeyBucket other) {
    keys.addAll(other.keys);
    dueAt = Math.min(dueAt, other.dueAt);
    return this;
  }

  /** What is kept of a key, for those who look at state from outside; theirs to change. */
  public record Contents(String key, long asOf, Timeline timeline, List<Question> questions) {}

  /** What is kept of each key. */
  public List<Contents> contents() {
    return keys.stream()
        .map(state -> new Contents(state.key, state.asOf, state.timeline, state.questions))
        .toList();
  }

  @Override
  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Objects take several times the bytes in state, which do not know the newest of them yet. */
  @Override
  public long weigh() {
    long fresh = 0;
    for (KeyState state : keys) {
      fresh += state.timeline.pending() + state.questions.size();
    }
    return 512 + 8L * bytes + 200 * fresh;
  }
}
