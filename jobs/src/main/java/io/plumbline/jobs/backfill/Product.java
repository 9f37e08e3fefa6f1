package io.plumbline.jobs.backfill;

import java.util.Optional;

/** What this software calls itself. */
public final class Product {
  private Product() {}

  /** The version, from the jar's manifest; {@code development} where there is no jar. */
  public static String version() {
    return Optional.ofNullable(Product.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
