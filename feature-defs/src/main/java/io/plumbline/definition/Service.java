package io.plumbline.definition;

import java.util.List;

/**
 * What one model reads, in training and in serving.
 *
 * @param name unique among services
 * @param features ids of its features, in the order written, e.g. {@code spend_1h:v2}
 */
public record Service(String name, List<String> features) {}
