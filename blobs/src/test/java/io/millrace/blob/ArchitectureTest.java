package io.millrace.blob;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the blob store may know. */
@AnalyzeClasses(packages = "io.millrace.blob", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule knowsNoService = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.millrace.ingest..", "io.millrace.jobs..", "io.millrace.query..", "io.vertx..", "org.apache..")
            .because("the edge, the jobs and the API share it");

    @ArchTest
    static final ArchRule oneClassKnowsTheClient = noClasses()
            .that()
            .haveNameNotMatching(".*\\.S3BlobStore(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minio..", "okhttp3..")
            .because("a client is a detail of one store");
}
