package io.plumbline.jobs.feature;

/**
 * An observation with the answers of all entities.
 *
 * @param row its number
 * @param values of each of the pipeline's entities, in the order of its plan; null where a feature
 *     has none. Null as a whole where the question came too late to be answered
 * @param payload the observation's columns
 */
public record Answered(long row, Object[][] values, byte[] payload) {

  /** Whether the observation came when knowledge time had passed it already. */
  public boolean tooLate() {
    for (Object[] answer : values) {
      if (answer == null) {
        return true;
      }
    }
    return false;
  }
}
