package io.millrace.ingest;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
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
import io.millrace.ingest.otlp.AttributeMapping;
import io.millrace.ingest.otlp.LangfuseKeys;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;

/** Which part of the edge may know what. */
@AnalyzeClasses(packages = "io.millrace.ingest", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule knowsNoOtherService = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.millrace.jobs..", "io.millrace.query..", "io.millrace.embedded..")
            .because("services share contracts, never code");

    @ArchTest
    static final ArchRule knowsNoDatabase = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..", "io.vertx.sqlclient..", "io.vertx.pgclient..")
            .because("the edge takes spans while the database is away");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.millrace.ingest.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a span's way leads through the packages in one direction");

    @ArchTest
    static final ArchRule dialectsDoNotKnowEachOther = slices().matching(
                    "io.millrace.ingest.(otlp|nativespan|langfuse|langsmith)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    resideInAnyPackage("io.millrace.ingest.langfuse", "io.millrace.ingest.langsmith"),
                    belongToAnyOf(AttributeMapping.class, LangfuseKeys.class))
            .because("a dialect is added, changed and removed by itself; conventions of attributes are shared");

    @ArchTest
    static final ArchRule onlyTheWiringKnowsTheWiring = noClasses()
            .that()
            .resideInAPackage("io.millrace.ingest.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.millrace.ingest")
            .because("parts are given what they need");

    @ArchTest
    static final ArchRule decodingIsPure = classes()
            .that()
            .resideInAnyPackage(
                    "..ingest.otlp..",
                    "..ingest.nativespan..",
                    "..ingest.langfuse..",
                    "..ingest.json..",
                    "..ingest.span..",
                    "..ingest.privacy..",
                    "..ingest.webhook..",
                    "..ingest.langsmith..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.crypto..",
                    "org.jspecify..",
                    "com.google.protobuf..",
                    "com.google.re2j..",
                    "com.fasterxml.jackson.core..",
                    "io.millrace.schema..",
                    "io.millrace.ingest.otlp..",
                    "io.millrace.ingest.nativespan..",
                    "io.millrace.ingest.langfuse..",
                    "io.millrace.ingest.json..",
                    "io.millrace.ingest.span..",
                    "io.millrace.ingest.privacy..",
                    "io.millrace.ingest.webhook..",
                    "io.millrace.ingest.langsmith..")
            .because("what turns bytes into spans is tested without a server, a log or a clock");

    @ArchTest
    static final ArchRule sharingIsPure = classes()
            .that()
            .resideInAPackage("..ingest.share..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "io.millrace.ingest.share..")
            .because("who may have what is arithmetic, and tested as such");

    @ArchTest
    static final ArchRule vertxOnlyWhereRequestsAreTaken = noClasses()
            .that()
            .resideOutsideOfPackages("io.millrace.ingest", "..ingest.http..", "..ingest.grpc..", "..ingest.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..")
            .because("only the server has event loops to keep free, and Redis is asked from them");

    @ArchTest
    static final ArchRule redisOnlyBehindTheLimiter = noClasses()
            .that()
            .resideOutsideOfPackage("..ingest.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx.redis..")
            .because("the edge takes spans while Redis is away");

    @ArchTest
    static final ArchRule kafkaOnlyInTheLogAndTheViewOfProjects = noClasses()
            .that()
            .resideOutsideOfPackages("..ingest.log..", "..ingest.project..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("the rest appends to a SpanLog, and asks a Directory");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)")
            .orShould()
            .resideInAnyPackage("..util..", "..common..")
            .because("what has no name of its own attracts what belongs elsewhere");

    @ArchTest
    static final ArchRule onlyMainAsksTheTime = noClasses()
            .that()
            .doNotHaveSimpleName("IngestMain")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("received_at comes from the one clock that tests replace");

    @ArchTest
    static final ArchRule onlyMainReadsTheEnvironment = noClasses()
            .that()
            .doNotHaveSimpleName("IngestMain")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("every setting is in IngestSettings, where a wrong or unknown one stops the start");

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
