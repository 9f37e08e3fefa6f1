/**
 * How many values become one: the algebra of what is remembered of events, and how a feature's
 * value is made of it. Everything here gives the same bits whatever order values come in and
 * however partial results are merged; sums are exact until they are rounded once, and sketches
 * depend on the set of values alone.
 */
package io.plumbline.aggregate;
