package io.plumbline.jobs.feature;

/**
 * What were the features of a key at a time?
 *
 * @param row number of the observation that asks
 * @param at epoch ms
 * @param payload the observation's columns; empty if another question of the row carries them
 */
public record Question(long row, long at, byte[] payload) implements Comparable<Question> {
  @Override
  public int compareTo(Question other) {
    int c = Long.compare(at, other.at);
    return c == 0 ? Long.compare(row, other.row) : c;
  }
}
