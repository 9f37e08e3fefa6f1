package io.plumbline.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.plumbline.jobs";

  /** Each may use those before it. A new package takes its place here. */
  private static final List<String> PACKAGES =
      List.of(
          "decode",
          "observations",
          "table",
          "lake",
          "importing",
          "generator",
          "feature",
          "admission",
          "kafka",
          "redis",
          "pipeline",
          "backfill",
          "archive",
          "stream",
          "local",
          "demo",
          "app");

  private static final JavaClasses ALL = new ClassFileImporter().importPackages(ROOT);
  private static final JavaClasses SHIPPED =
      ALL.that(
          DescribedPredicate.describe(
              "are shipped",
              type ->
                  type.getSource()
                      .map(source -> Location.of(source.getUri()))
                      .filter(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS::includes)
                      .isPresent()));

  @Test
  void nothingPointsBack() {
    for (int i = 0; i + 1 < PACKAGES.size(); i++) {
      List<String> later = PACKAGES.subList(i + 1, PACKAGES.size());
      noClasses()
          .that()
          .resideInAPackage(within(PACKAGES.get(i)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(within(later))
          .check(SHIPPED);
    }
  }

  @Test
  void everyPackageHasItsPlace() {
    classes().should().resideInAnyPackage(within(PACKAGES)).check(SHIPPED);
  }

  @Test
  void nothingIsLeftToKryo() {
    noClasses()
        .should()
        .callMethod(Types.class, "GENERIC", Class.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(GenericTypeInfo.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("com.esotericsoftware..")
        .check(SHIPPED);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage(within("app"))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(SHIPPED);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .check(ALL);
  }

  private static String within(String name) {
    return ROOT + "." + name + "..";
  }

  private static String[] within(List<String> names) {
    return names.stream().map(ArchitectureTest::within).toArray(String[]::new);
  }
}
