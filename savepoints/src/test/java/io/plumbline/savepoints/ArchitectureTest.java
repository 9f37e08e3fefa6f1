package io.plumbline.savepoints;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** That no other module knows of this one is seen to by the build, which would go in a circle. */
class ArchitectureTest {
  private static final JavaClasses SHIPPED =
      new ClassFileImporter().importPath(Path.of("target/classes"));

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

  /** Where features go and come from is the business of rollbacks and of serving alone. */
  @Test
  void stateIsReadWithoutServers() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..rollback..", "..serving..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.plumbline.jobs.redis..", "io.plumbline.jobs.kafka..", "io.plumbline.jobs.local..")
        .check(SHIPPED);
  }
}
