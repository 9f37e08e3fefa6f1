package io.plumbline.definition;

import java.util.List;
import java.util.Optional;

/**
 * What a look at a folder of definitions found.
 *
 * @param definitions empty if there are problems
 * @param problems what is wrong, by file and line
 * @param warnings what is allowed and probably not meant, by file and line
 */
public record Checked(
    Optional<Definitions> definitions, List<Problem> problems, List<Problem> warnings) {}
