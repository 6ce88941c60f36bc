package io.millrace.embedded;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "io.millrace.embedded", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule nothingOfOurs = ArchRuleDefinition.noClasses()
            .should()
            .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "are of another module",
                    type -> type.getPackageName().startsWith("io.millrace.")
                            && !type.getPackageName().startsWith("io.millrace.embedded")))
            .because("what every module's tests use may know none of them");

    @ArchTest
    static final ArchRule names = ArchRuleDefinition.noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .because("a name says what a thing is");

    @ArchTest
    static final ArchRule noEnvironment = ArchRuleDefinition.noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("whoever starts a backing service says how");

    @ArchTest
    static void packagesAreNullMarked(com.tngtech.archunit.core.domain.JavaClasses classes) {
        for (var type : classes) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                throw new AssertionError(type.getPackageName() + " is not @NullMarked");
            }
        }
    }
}
