package io.plumbline.jobs.lake;

import java.io.Serializable;

/**
 * Some row groups of one file: what one task reads.
 *
 * @param file path
 * @param firstRowGroup counted from 0
 * @param rowGroups how many; those beyond the file's end do not count
 * @param rows in them
 */
public record LakeSplit(String file, int firstRowGroup, int rowGroups, long rows)
    implements Serializable {}
