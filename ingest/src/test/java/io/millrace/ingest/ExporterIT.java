package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter that Java applications use, unchanged. */
@ExtendWith(EdgeExtension.class)
class ExporterIT {
    private final Tenant tenant = EdgeExtension.tenant();

    @ParameterizedTest
    @CsvSource({"none, /v1/traces", "gzip, /api/public/otel/v1/traces"})
    void aTraceArrives(String compression, String path) {
        arrives(OtlpHttpSpanExporter.builder()
                .setEndpoint(EdgeExtension.edge().uri(path).toString())
                .setCompression(compression)
                .addHeader("Authorization", "Bearer " + tenant.secret())
                .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void aTraceArrivesOverGrpc(String compression) {
        arrives(OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://127.0.0.1:" + EdgeExtension.edge().ingest().grpcPort())
                .setCompression(compression)
                .addHeader("Authorization", "Bearer " + tenant.secret())
                .build());
    }

    private void arrives(SpanExporter exporter) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        Tracer tracer = provider.get("test");

        Span root = tracer.spanBuilder("agent").startSpan();
        try (Scope scope = root.makeCurrent()) {
            tracer.spanBuilder("call")
                    .setAttribute("gen_ai.operation.name", "chat")
                    .setAttribute("gen_ai.response.model", "gpt-x")
                    .setAttribute("gen_ai.usage.input_tokens", 12)
                    .startSpan()
                    .end();
        }
        root.end();
        assertThat(provider.shutdown().join(20, TimeUnit.SECONDS).isSuccess()).isTrue();

        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).extracting(SpanMessage::getName).containsExactlyInAnyOrder("agent", "call");
        assertThat(spans)
                .allSatisfy(span -> assertThat(
                                HexFormat.of().formatHex(span.getTraceId().toByteArray()))
                        .isEqualTo(root.getSpanContext().getTraceId()));
        SpanMessage call = spans.stream()
                .filter(span -> span.getName().equals("call"))
                .findFirst()
                .orElseThrow();
        assertThat(call.getResponseModel()).isEqualTo("gpt-x");
        assertThat(call.getUsage().getInput()).isEqualTo(12);
    }
}
