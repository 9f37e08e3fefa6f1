package io.plumbline.jobs.generator;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A small world in which events happen, for one set of definitions. A model knows what happens and
 * to whom; transport, disorder, copies and damage belong to {@link EventGenerator}.
 *
 * <p>A model is deterministic: all chance comes from the random source that it was made with. No
 * two of its events have the same id, nor do events of worlds with other seeds.
 */
public interface EventModel {

  /** The sources that this world writes to. */
  List<SourceProfile> sources();

  /**
   * Writes the one event that happens at {@code at}.
   *
   * @param at epoch ms; grows from call to call, but for events stamped by a clock that is ahead
   * @param out empty
   */
  void next(long at, Payload out);

  /** The key fields that an observation of this world names. */
  List<String> keyColumns();

  /**
   * Keys that somebody might ask about together, as far as the world has come.
   *
   * @param random where the choice comes from
   * @return a value for each of {@link #keyColumns()}, in that order
   */
  List<String> someKeys(SplittableRandom random);
}
