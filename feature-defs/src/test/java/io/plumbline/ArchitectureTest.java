package io.plumbline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.plumbline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule KNOWS_NO_RUNTIME =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..", "io.plumbline.jobs..", "org.apache.kafka..", "io.lettuce..");

  @ArchTest
  static final ArchRule KNOWS_NO_NETWORK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.channels..", "javax.net..");

  @ArchTest
  static final ArchRule TIME_KNOWS_ONLY_TIME =
      noClasses()
          .that()
          .resideInAPackage("..time..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..definition..", "..expression..", "..aggregate..", "..timeline..");

  @ArchTest
  static final ArchRule DEFINITIONS_KNOW_NOT_HOW_THEY_ARE_COMPUTED =
      noClasses()
          .that()
          .resideInAnyPackage("..definition..", "..expression..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..aggregate..", "..timeline..");

  @ArchTest
  static final ArchRule AGGREGATES_KNOW_NO_TIMELINE =
      noClasses()
          .that()
          .resideInAPackage("..aggregate..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..timeline..");

  @ArchTest
  static final ArchRule PRINTS_NOTHING =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
