package io.millrace.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the programs of {@code clients} do, with the OpenTelemetry SDK for Java: an agent that asks a model and calls two tools. */
public final class JavaClient {
    private static final String MODEL = "gpt-4o-mini";
    private static final String ASKED = "{\"role\":\"user\",\"content\":\"Will it rain in Oslo, and in Atlantis?\"}";
    private static final String CALLED = "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"rain in Oslo\"}";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Tracer tracer;
    private final URI model;
    private final String modelKey;

    private JavaClient(Tracer tracer, URI model, String modelKey) {
        this.tracer = tracer;
        this.model = model;
        this.modelKey = modelKey;
    }

    /**
     * Sends to where the variables of OpenTelemetry lead, and says twice what it was: when everything is handed over, and when
     * the SDK has sent all it had.
     *
     * @param arguments those of {@link Rounds}, or none
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        URI endpoint = URI.create(setting("OTEL_EXPORTER_OTLP_ENDPOINT"));
        String key = setting("OTEL_EXPORTER_OTLP_HEADERS").replaceFirst("^x-api-key=", "");
        boolean grpc = setting("OTEL_EXPORTER_OTLP_PROTOCOL").equals("grpc");
        run(grpc ? overGrpc(endpoint, key) : overHttp(endpoint, key), Rounds.of(arguments));
    }

    private static String setting(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }

    private static SpanExporter overHttp(URI ingest, String key) {
        return OtlpHttpSpanExporter.builder()
                .setEndpoint(ingest + "/v1/traces")
                .addHeader("x-api-key", key)
                .build();
    }

    private static SpanExporter overGrpc(URI grpc, String key) {
        return OtlpGrpcSpanExporter.builder()
                .setEndpoint(grpc.toString())
                .addHeader("x-api-key", key)
                .build();
    }

    @SuppressWarnings("SystemOut")
    private static void run(SpanExporter exporter, Rounds rounds) throws IOException, InterruptedException {
        Counter counter = new Counter();
        Complaints complaints = new Complaints();
        Logger logger = Logger.getLogger("io.opentelemetry");
        logger.addHandler(complaints);
        logger.setUseParentHandlers(false);
        String version = Resource.getDefault().getAttribute(AttributeKey.stringKey("telemetry.sdk.version"));
        String name = "io.opentelemetry:" + exporter.getClass().getSimpleName();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .addSpanProcessor(counter)
                .build()) {
            JavaClient client = new JavaClient(
                    provider.get("rain"), URI.create(setting("OPENAI_BASE_URL")), setting("OPENAI_API_KEY"));
            client.runAgent(rounds);
            System.out.println(
                    new ClientReport(name, String.valueOf(version), counter.spans.get(), complaints.all).line());
        }
        System.out.println(new ClientReport(name, String.valueOf(version), counter.spans.get(), complaints.all).line());
    }

    private void runAgent(Rounds rounds) throws IOException, InterruptedException {
        runAgent();
        long begun = System.nanoTime();
        for (int i = 1; i < rounds.count(); i++) {
            TimeUnit.NANOSECONDS.sleep(begun + i * rounds.pause().toNanos() - System.nanoTime());
            runAgent();
        }
    }

    private void runAgent() throws IOException, InterruptedException {
        Span agent = tracer.spanBuilder("invoke_agent rain")
                .setAttribute("gen_ai.operation.name", "invoke_agent")
                .setAttribute("user.id", "user-ada")
                .setAttribute("gen_ai.conversation.id", "session-rain")
                .startSpan();
        try (Scope inside = agent.makeCurrent()) {
            callModel(ASKED);
            startTool("get_weather").end();
            startTool("get_forecast")
                    .recordException(new IllegalStateException("no forecast for Atlantis"))
                    .setStatus(StatusCode.ERROR, "no forecast for Atlantis")
                    .end();
            callModel(ASKED + "," + CALLED);
        } finally {
            agent.end();
        }
    }

    private void callModel(String messages) throws IOException, InterruptedException {
        Span call = tracer.spanBuilder("chat " + MODEL)
                .setAttribute("gen_ai.operation.name", "chat")
                .setAttribute("gen_ai.provider.name", "openai")
                .setAttribute("gen_ai.request.model", MODEL)
                .startSpan();
        HttpRequest request = HttpRequest.newBuilder(URI.create(model + "/chat/completions"))
                .header("Authorization", "Bearer " + modelKey)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"%s\",\"messages\":[%s]}".formatted(MODEL, messages)))
                .build();
        JsonNode answer = JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        JsonNode usage = answer.required("usage");
        call.setAttribute("gen_ai.response.model", answer.required("model").textValue())
                .setAttribute("gen_ai.usage.input_tokens", count(usage, "/prompt_tokens"))
                .setAttribute(
                        "gen_ai.usage.cache_read.input_tokens", count(usage, "/prompt_tokens_details/cached_tokens"))
                .setAttribute("gen_ai.usage.output_tokens", count(usage, "/completion_tokens"))
                .setAttribute(
                        "gen_ai.usage.reasoning.output_tokens",
                        count(usage, "/completion_tokens_details/reasoning_tokens"))
                .end();
    }

    private static long count(JsonNode usage, String pointer) {
        return usage.requiredAt(pointer).longValue();
    }

    private Span startTool(String name) {
        return tracer.spanBuilder("execute_tool " + name)
                .setAttribute("gen_ai.operation.name", "execute_tool")
                .setAttribute("gen_ai.tool.name", name)
                .startSpan();
    }

    private static final class Counter implements SpanProcessor {
        private final AtomicLong spans = new AtomicLong();

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            // Only what ended is sent.
        }

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            spans.incrementAndGet();
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }

    private static final class Complaints extends Handler {
        private final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                all.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
