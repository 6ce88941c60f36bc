package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.Deployment;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The tracers of all places where the application runs. They share one queue and one connection, to be light. */
final class Deployments implements AutoCloseable {
    private static final String SERVICE = "assistant";
    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(500);
    private static final long FLUSH_SECONDS = 5;

    private final Map<Deployment, SdkTracerProvider> providers = new EnumMap<>(Deployment.class);

    /** @param processor takes the spans of all */
    Deployments(SpanProcessor processor) {
        for (Deployment deployment : Deployment.values()) {
            Resource resource = Resource.builder()
                    .put("service.name", SERVICE)
                    .put("service.version", deployment.release())
                    .put("deployment.environment.name", deployment.environment())
                    .build();
            providers.put(
                    deployment,
                    SdkTracerProvider.builder()
                            .setResource(Resource.getDefault().merge(resource))
                            .addSpanProcessor(processor)
                            .build());
        }
    }

    /** As an application sets the SDK up; only that it does not wait five seconds for a batch to fill. */
    static SpanProcessor batching(SpanExporter exporter) {
        return BatchSpanProcessor.builder(exporter)
                .setScheduleDelay(BETWEEN_BATCHES)
                .setMaxQueueSize(4_096)
                .build();
    }

    static SpanExporter otlp(URI ingest, String key) {
        return OtlpHttpSpanExporter.builder()
                .setEndpoint(ingest.resolve("/v1/traces").toString())
                .addHeader("x-api-key", key)
                .setCompression("gzip")
                .build();
    }

    Tracer tracer(Deployment deployment) {
        return Objects.requireNonNull(providers.get(deployment)).get("assistant.agents", deployment.release());
    }

    /** Sends what has ended, and waits for it for some seconds at most. */
    @Override
    public void close() {
        CompletableResultCode.ofAll(providers.values().stream()
                        .map(SdkTracerProvider::shutdown)
                        .toList())
                .join(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
}
