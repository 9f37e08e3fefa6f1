package io.plumbline.jobs.observations;

import java.io.Serializable;

/**
 * A column of the observations.
 *
 * @param name unique among them
 * @param type what it holds
 */
public record ObservationColumn(String name, ColumnType type) implements Serializable {}
