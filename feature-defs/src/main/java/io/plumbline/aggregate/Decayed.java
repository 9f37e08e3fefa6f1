package io.plumbline.aggregate;

/**
 * A decayed value as it was at one time, from which a reader finds it at a later one.
 *
 * @param at epoch ms
 */
public record Decayed(double value, long at) {}
