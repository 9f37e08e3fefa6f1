package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;

/**
 * An admitted event as one entity key sees it.
 *
 * @param source index of its source in {@link TimelinePlan#sources()}
 * @param knownAt from when on it is known, epoch ms
 * @param moment its place in the total order of events
 * @param values one for each of the source's inputs; null where the event does not contribute
 */
public record Event(int source, long knownAt, Moment moment, Object[] values) {}
