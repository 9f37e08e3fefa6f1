package io.plumbline.definition;

import java.util.List;

/**
 * What features describe.
 *
 * @param name unique among entities
 * @param keys fields whose values name one of them, in order; at least one
 */
public record Entity(String name, List<String> keys) {}
