package io.plumbline.jobs.observations;

import java.io.Serializable;

/**
 * A part of the observations that can be read by itself.
 *
 * @param index among the file's splits: the row group of a Parquet file, else 0
 * @param firstRow the first row's place in the file, from 0
 * @param rows how many
 */
public record ObservationSplit(int index, long firstRow, long rows) implements Serializable {}
