package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The OpenTelemetry Java SDK as an application would use it. */
@ExtendWith(SharedStack.class)
class JavaSdkIT {
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");

    private Tenant tenant;

    @BeforeEach
    void makeProject() {
        tenant = Tenant.of(SharedStack.stack(), "java sdk");
        // What the exporter meets with is a key that works already.
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().json()));
    }

    @ParameterizedTest
    @CsvSource({"http, none", "http, gzip", "grpc, none", "grpc, gzip"})
    void aTraceOfTheSdkIsShownAsItWas(String protocol, String compression) {
        // Given
        Instant begun = Instant.now();
        SdkTracerProvider provider = provider(protocol, compression);

        // When
        String trace = run(provider.get("weather", "2.1"));
        boolean sent = provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess();
        provider.close();

        // Then
        assertThat(sent).isTrue();
        // Bodies are written apart from facts.
        Tenant.eventually()
                .untilAsserted(() -> assertThat(tenant.trace(trace).required("spans"))
                        .hasSize(3)
                        .anyMatch(span -> span.required("status_message").isTextual()));
        JsonNode document = tenant.trace(trace);
        Map<String, JsonNode> spans = new LinkedHashMap<>();
        document.required("spans")
                .forEach(span -> spans.put(span.required("name").textValue(), span));
        assertThat(spans.keySet()).containsExactly("invoke_agent weather", "chat gpt-4o-mini", "execute_tool forecast");

        JsonNode root = spans.get("invoke_agent weather");
        assertThat(root.required("kind").textValue()).isEqualTo("agent");
        assertThat(root.required("parent_id").isNull()).isTrue();
        assertThat(Instant.parse(root.required("start").textValue())).isBetween(begun, Instant.now());

        JsonNode call = spans.get("chat gpt-4o-mini");
        assertThat(call.required("parent_id")).isEqualTo(root.required("id"));
        assertThat(call.required("kind").textValue()).isEqualTo("llm");
        assertThat(call.required("counted").booleanValue()).isTrue();
        assertThat(call.required("usage").required("input").longValue()).isEqualTo(1_000);
        assertThat(call.required("usage").required("output").longValue()).isEqualTo(500);
        // 1,000 x 0.15 + 500 x 0.60 per million.
        assertThat(call.required("cost_usd").textValue()).isEqualTo("0.00045");
        assertThat(call.required("attributes").required("team").textValue()).isEqualTo("wind & weather");

        JsonNode tool = spans.get("execute_tool forecast");
        assertThat(tool.required("kind").textValue()).isEqualTo("tool");
        assertThat(tool.required("status").textValue()).isEqualTo("error");
        assertThat(tool.required("status_message").textValue()).isEqualTo("no forecast");
        assertThat(tool.required("events").get(0).required("name").textValue()).isEqualTo("exception");

        JsonNode summary = document.required("trace");
        assertThat(summary.required("status").textValue()).isEqualTo("ok");
        assertThat(summary.required("error_count").longValue()).isEqualTo(1);
        assertThat(summary.required("user_id").textValue()).isEqualTo("user-1");
        assertThat(summary.required("cost_usd").textValue()).isEqualTo("0.00045");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void aBatchOfManyTracesIsTakenWhole(String protocol) {
        // Given
        Instant begun = Instant.now();
        SdkTracerProvider provider = provider(protocol, "gzip");
        Tracer tracer = provider.get("many");

        // When
        for (int i = 0; i < 500; i++) {
            run(tracer);
        }
        provider.close();

        // Then
        Tenant.eventually()
                .untilAsserted(() -> assertThat(tenant.total(
                                        "spans,traces,errors,input_tokens",
                                        begun.minusSeconds(10),
                                        Instant.now().plusSeconds(10))
                                .toString())
                        .contains("\"spans\":1500,\"traces\":500,\"errors\":500,\"input_tokens\":500000"));
        assertThat(tenant.ledger().required("accepted").longValue()).isEqualTo(1_500);
        assertThat(tenant.ledger().required("balanced").booleanValue()).isTrue();
    }

    private SpanExporter overHttp(String compression) {
        return OtlpHttpSpanExporter.builder()
                .setEndpoint(SharedStack.stack().ingest().resolve("/v1/traces").toString())
                .addHeader("Authorization", "Bearer " + tenant.key())
                .setCompression(compression)
                .build();
    }

    private SpanExporter overGrpc(String compression) {
        return OtlpGrpcSpanExporter.builder()
                .setEndpoint(SharedStack.stack().grpc().toString())
                .addHeader("Authorization", "Bearer " + tenant.key())
                .setCompression(compression)
                .build();
    }

    private SdkTracerProvider provider(String protocol, String compression) {
        SpanExporter exporter = protocol.equals("grpc") ? overGrpc(compression) : overHttp(compression);
        return SdkTracerProvider.builder()
                .setResource(Resource.builder()
                        .put("service.name", "weather-service")
                        .put("deployment.environment.name", "production")
                        .build())
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(4_096)
                        .build())
                .build();
    }

    /** An agent that calls a model, then a tool that fails. */
    private static String run(Tracer tracer) {
        Span agent = tracer.spanBuilder("invoke_agent weather")
                .setAttribute(OPERATION, "invoke_agent")
                .setAttribute("user.id", "user-1")
                .startSpan();
        try (Scope inside = agent.makeCurrent()) {
            tracer.spanBuilder("chat gpt-4o-mini")
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute(OPERATION, "chat")
                    .setAttribute("gen_ai.provider.name", "openai")
                    .setAttribute("gen_ai.request.model", "gpt-4o-mini")
                    .setAttribute("gen_ai.usage.input_tokens", 1_000)
                    .setAttribute("gen_ai.usage.output_tokens", 500)
                    .setAttribute("team", "wind & weather")
                    .startSpan()
                    .end();
            tracer.spanBuilder("execute_tool forecast")
                    .setAttribute(OPERATION, "execute_tool")
                    .startSpan()
                    .recordException(new IllegalStateException("no forecast"))
                    .setStatus(StatusCode.ERROR, "no forecast")
                    .end();
        } finally {
            agent.end();
        }
        return agent.getSpanContext().getTraceId();
    }
}
