package io.millrace.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
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
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.jspecify.annotations.NullMarked;

/** Which part of the jobs may know what. */
@AnalyzeClasses(packages = "io.millrace.jobs", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Flink's own shapes, and {@code Books}, which writes itself to a checkpoint in Flink's encoding. */
    private static final String FLINK_SHAPES = ".*(Operator|Serializer|Books)(\\$.*)?";

    /** What uses {@code TypeInformation} of a value does so through these and is none of Flink's shapes itself. */
    private static final DescribedPredicate<JavaClass> FLINK = resideInAnyPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule knowsNoOtherService = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.millrace.ingest..", "io.millrace.query..", "io.millrace.embedded..", "io.vertx..")
            .because("services share contracts, never code, and the jobs answer no requests");

    @ArchTest
    static final ArchRule flinkIsThin = noClasses()
            .that()
            .haveNameNotMatching(FLINK_SHAPES)
            .and()
            .resideOutsideOfPackages("io.millrace.jobs", "..jobs.log..", "..jobs.wire..")
            .should()
            .dependOnClassesThat(FLINK)
            .because("traces, prices, windows and the books are computed by plain classes, tested without a cluster");

    @ArchTest
    static final ArchRule takingRecordsApartIsPure = noClasses()
            .that()
            .haveSimpleName("RecordSplitter")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "java.sql..")
            .because("what a record means does not depend on who read it");

    @ArchTest
    static final ArchRule kafkaOnlyInTheLog = noClasses()
            .that()
            .resideOutsideOfPackage("..jobs.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.apache.flink.connector..")
            .because("topics are read and written in one place");

    @ArchTest
    static final ArchRule sqlOnlyInTheStoreAndTheKeeper = noClasses()
            .that()
            .resideOutsideOfPackages("..jobs.store..", "..jobs.keeper..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.postgresql..")
            .because("operators hand over rows; how they become durable is the store's affair");

    @ArchTest
    static final ArchRule valuesBetweenTasksKnowNoJob = noClasses()
            .that()
            .resideInAPackage("..jobs.wire..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..jobs.assembly..", "..jobs.rollup..", "..jobs.ledger..", "..jobs.log..", "..jobs.store..")
            .because("the way values are encoded holds for all of them");

    @ArchTest
    static final ArchRule onlyTheGraphKnowsTheGraph = noClasses()
            .that()
            .resideInAPackage("io.millrace.jobs.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.millrace.jobs")
            .because("an operator does not know what comes before or after it");

    @ArchTest
    static final ArchRule operatorsGoByTheTimeOfTheLog = noClasses()
            .that()
            .areAssignableTo(StreamOperator.class)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .because("a replay has to close the same windows again");

    @ArchTest
    static final ArchRule onlyTicksAskTheTime = noClasses()
            .that()
            .haveNameNotMatching(".*\\.KafkaLog")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because("the machine's clock enters the log once a second, as a tick, and nowhere else");

    @ArchTest
    static final ArchRule noEnvironment = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("a task runs on whichever machine the cluster gives it");

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
