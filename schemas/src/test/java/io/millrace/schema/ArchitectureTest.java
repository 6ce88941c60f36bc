package io.millrace.schema;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;

/** What the contracts may know. */
@AnalyzeClasses(packages = "io.millrace.schema", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule contractsKnowNoService = noClasses()
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("io.millrace..").and(resideOutsideOfPackage("io.millrace.schema..")))
            .because("every module shares the contracts, so they may know none of them");

    @ArchTest
    static final ArchRule contractsKnowNoFramework = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "org.apache.flink..", "org.apache.kafka..", "io.micrometer..")
            .because("a contract holds whichever framework its user runs on");

    @ArchTest
    static final ArchRule onlyMigrationsKnowTheDatabase = noClasses()
            .that()
            .resideOutsideOfPackage("..schema.sql..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.flywaydb..", "org.postgresql..")
            .because("ids, prices, usage and windows are values");

    @ArchTest
    static final ArchRule onlyTheCatalogueAndPayloadsAreJson = noClasses()
            .that()
            .resideOutsideOfPackages("..schema.price..", "..schema.webhook..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml.jackson..")
            .because("messages are Protobuf; JSON is spelled where it is answered");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.millrace.schema.(*)..")
            .should()
            .beFreeOfCycles()
            .because("each contract has to be readable by itself");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .that()
            .resideOutsideOfPackage("..schema.wire..")
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .orShould()
            .resideInAnyPackage("..util..", "..common..")
            .because("what has no name of its own attracts what belongs elsewhere");

    @ArchTest
    static final ArchRule timeIsGiven = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("the same input has to give the same output in every replay");

    @ArchTest
    static final ArchRule noEnvironment = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("a contract means the same on every machine");

    @ArchTest
    static final ArchRule packagesAreNullMarked = classes()
            .that()
            .resideOutsideOfPackage("..schema.wire..")
            .should(new ArchCondition<JavaClass>("be in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                        events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
                    }
                }
            })
            .because("null is checked in marked packages only; the generated messages are not ours to mark");
}
