package io.millrace.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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

/** Everything meets here, and nothing is decided here. */
@AnalyzeClasses(packages = "io.millrace.standalone", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule onlyTheCommandLineReadsTheEnvironment = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(Up|Main)")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("a setting that is read in two places has two defaults");

    @ArchTest
    static final ArchRule onlyTheCommandLineSpeaks = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(Up|Main)")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("standard output is one line that programs read, and the rest is logged");

    @ArchTest
    static final ArchRule asksNoTime = noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .because("the services are given a clock");

    @ArchTest
    static final ArchRule theDemoIsAnApplicationLikeAnyOther = noClasses()
            .that()
            .resideInAPackage("io.millrace.standalone.demo..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.millrace..").and(not(resideInAPackage("io.millrace.standalone.demo.."))))
            .because("it sends what every application could, and knows an address and a key");

    @ArchTest
    static final ArchRule theScenarioIsMadeUp = noClasses()
            .that()
            .resideInAPackage("io.millrace.standalone.demo.scenario..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry.sdk..", "java.net..", "java.nio..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .because("what happens comes from the seed alone");

    @ArchTest
    static final ArchRule theSummaryIsAClientLikeAnyOther = noClasses()
            .that()
            .resideInAPackage("io.millrace.standalone.summary..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.millrace..").and(not(resideInAPackage("io.millrace.standalone.summary.."))))
            .because("what it shows everybody with a key can read");

    @ArchTest
    static final ArchRule runsTheServicesAsTheyAre = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millrace.ingest.http..",
                    "io.millrace.ingest.log..",
                    "io.millrace.ingest.otlp..",
                    "io.millrace.ingest.project..",
                    "io.millrace.ingest.span..",
                    "io.millrace.query.trace..",
                    "io.millrace.query.metric..",
                    "io.millrace.query.ledger..",
                    "io.millrace.query.db..",
                    "io.vertx.sqlclient..",
                    "io.vertx.ext.web..")
            .because("one process or many, the services have to be the same programs");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .orShould()
            .resideInAnyPackage("..util..", "..common..")
            .because("what has no name of its own attracts what belongs elsewhere");

    @ArchTest
    static final ArchRule packagesAreNullMarked = classes()
            .should(new ArchCondition<JavaClass>("be in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                        events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
                    }
                }
            })
            .because("null is checked in marked packages only");
}
