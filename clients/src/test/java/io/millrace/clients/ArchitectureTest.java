package io.millrace.clients;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule knowsNothingOfUs = noClasses()
            .that()
            .resideInAPackage("io.millrace.clients..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millrace.schema..",
                    "io.millrace.ingest..",
                    "io.millrace.jobs..",
                    "io.millrace.query..",
                    "io.millrace.embedded..")
            .because("a client is what it is without us");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .because("what has no name of its own attracts what belongs elsewhere");

    @ArchTest
    static void packagesAreNullMarked(JavaClasses classes) {
        for (JavaClass type : classes) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                throw new AssertionError(type.getPackageName() + " is not @NullMarked");
            }
        }
    }
}
