package io.plumbline.definition;

/**
 * Something wrong, or doubtful, in a definition.
 *
 * @param place file and line
 * @param what is wrong, naming the value
 * @param fix what would be right
 */
public record Problem(Feature.Place place, String what, String fix) {
  @Override
  public String toString() {
    return place + ": " + what + "; " + fix;
  }
}
