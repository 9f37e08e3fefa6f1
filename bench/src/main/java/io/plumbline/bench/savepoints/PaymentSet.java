package io.plumbline.bench.savepoints;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.feature.FeatureSet;
import java.nio.file.Path;

/** The shipped set of payments. */
final class PaymentSet {
  /** The source's name. */
  static final String SOURCE = "payment";

  /** An entity's name. */
  static final String USER = "user";

  /** An entity's name. */
  static final String MERCHANT = "merchant";

  private PaymentSet() {}

  /** All of its features, as a live job computes them. */
  static FeatureSet live() {
    Path root = Path.of(System.getProperty("plumbline.bench.root", "."));
    return FeatureSet.live(DefinitionBundle.read(root.resolve("feature-defs/sets/payments")));
  }
}
