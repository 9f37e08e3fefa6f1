package io.plumbline.savepoints;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses ALL = new ClassFileImporter().importPackages("io.plumbline");
  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.plumbline.savepoints");

  /** Jobs run where there is nothing of this module. */
  @Test
  void nothingElseKnowsOfSavepoints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.plumbline.savepoints..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.plumbline.savepoints..", "org.apache.flink.state.api..")
        .check(ALL);
  }

  /** Verbs print to what the command line gives them. */
  @Test
  void nothingPrintsPastTheCommandLine() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(SHIPPED);
  }

  @Test
  void nothingSleeps() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(SHIPPED);
  }
}
