package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/traces, OTLP_TRACES",
        "/v1/traces/, OTLP_TRACES",
        "//v1//traces, OTLP_TRACES",
        "/otel/v1/traces, OTLP_TRACES",
        "/api/public/otel/v1/traces, OTLP_TRACES",
        "//api/public/otel/v1/traces, OTLP_TRACES",
        "/a/prefix/v1/traces, OTLP_TRACES",
        "/v1/logs, OTLP_LOGS",
        "/api/public/otel/v1/metrics, OTLP_METRICS",
        "/v1/spans, NATIVE_SPANS",
        "/health/live, LIVE",
        "//health/ready/, READY",
        "/api/public/ingestion, LANGFUSE_EVENTS",
        "//some/prefix/api/public//ingestion/, LANGFUSE_EVENTS",
        "/api/public/scores, LANGFUSE_SCORES",
        "/api/public/scores/0197, NOT_AVAILABLE",
        "/api/public/projects, LANGFUSE_PROJECTS",
        "/prefix/api/public/health, LANGFUSE_HEALTH",
        "/api/public/media, LANGFUSE_MEDIA",
        "/api/public/media/abc, LANGFUSE_UPLOADED",
        "/prefix/api/public/media/uploads/abc, LANGFUSE_UPLOAD",
        "/info, LANGSMITH_INFO",
        "/api/v1/info, LANGSMITH_INFO",
        "/runs, LANGSMITH_RUN",
        "/runs/batch, LANGSMITH_BATCH",
        "//api/v1//runs/batch/, LANGSMITH_BATCH",
        "/runs/multipart, LANGSMITH_FORM",
        "/runs/0197, LANGSMITH_UPDATE",
        "/api/v1/runs/0197, LANGSMITH_UPDATE",
        "/api/v1/runs/0197/share, NOT_AVAILABLE",
        "/xruns, UNKNOWN",
        "/xruns/batch, UNKNOWN",
        "/feedback, LANGSMITH_FEEDBACK",
        "/feedback/0197, NOT_AVAILABLE",
        "/webhooks/info, WEBHOOK",
        "/webhooks/whk_0, WEBHOOK",
        "//a/prefix/webhooks//whk_0/, WEBHOOK",
        "/webhooks/, UNKNOWN",
        "/webhooks/a/b, UNKNOWN",
        "/webhooks, UNKNOWN",
        "/, UNKNOWN",
        "/v1/tracesx, UNKNOWN",
        "/xv1/traces, UNKNOWN",
        "/infos, UNKNOWN",
    })
    void tellsPathsApart(String path, Endpoint endpoint) {
        assertThat(Endpoint.of(path)).isEqualTo(endpoint);
    }
}
