package io.millrace.query;

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

/** Which part of the query API may know what. */
@AnalyzeClasses(packages = "io.millrace.query", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROUTES = ".*(Routes|RequestMetrics|NotBuiltYet|Access|Query|QueryServer)(\\$.*)?";
    private static final String STORES = ".*(Store|Rows|Query)(\\$.*)?";
    private static final String LOG = ".*(Log[A-Z]\\w*|OverlayFeed|live\\.Topic\\w+|Outbox|Kafka|Routes)(\\$.*)?";

    @ArchTest
    static final ArchRule knowsNoOtherService = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millrace.ingest..", "io.millrace.jobs..", "io.millrace.embedded..", "org.apache.flink..")
            .because("services share contracts, never code");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.millrace.query.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a feature has to be readable by itself");

    @ArchTest
    static final ArchRule featuresDoNotKnowEachOther = slices().matching(
                    "io.millrace.query.(trace|metric|ledger|anomaly|project|masking|sampling|webhook|rejected|migration)..")
            .should()
            .notDependOnEachOther()
            .because("a feature is added, changed and removed by itself");

    @ArchTest
    static final ArchRule onlyTheWiringKnowsTheWiring = noClasses()
            .that()
            .resideInAPackage("io.millrace.query.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.millrace.query")
            .because("parts are given what they need");

    @ArchTest
    static final ArchRule statementsAreInStores = noClasses()
            .that()
            .haveNameNotMatching(STORES)
            .and()
            .resideOutsideOfPackage("..query.db..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..")
            .because("a reader finds every statement in a *Store class");

    @ArchTest
    static final ArchRule jdbcIsForStartAndOutbox = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(Bootstrap|Outbox|Migration)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.sql..")
            .because("JDBC blocks: it belongs on threads of its own, never on an event loop");

    @ArchTest
    static final ArchRule requestsAreParsedInRoutes = noClasses()
            .that()
            .haveNameNotMatching(ROUTES)
            .and()
            .resideOutsideOfPackage("..query.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.ext.web..")
            .because("what a parameter means is decided without a request");

    @ArchTest
    static final ArchRule theLogIsReadInFewPlaces = noClasses()
            .that()
            .haveNameNotMatching(LOG)
            .and()
            .resideOutsideOfPackage("..query.migration..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("reading the log takes a thread and memory, which somebody has to bound");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .orShould()
            .resideInAnyPackage("..util..", "..common..")
            .because("what has no name of its own attracts what belongs elsewhere");

    @ArchTest
    static final ArchRule onlyTheWiringAsksTheTime = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(Query|Bootstrap(\\$Seed)?)")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("now-1h has to mean the same to everything that answers one request");

    @ArchTest
    static final ArchRule onlyMainReadsTheEnvironment = noClasses()
            .that()
            .doNotHaveSimpleName("QueryMain")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("every setting is in QueryConfig, which names the variable that is wrong");

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
