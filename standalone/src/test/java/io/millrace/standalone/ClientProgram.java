package io.millrace.standalone;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program of {@code clients}.
 *
 * @param page of {@code docs/sdk} that tells its settings
 * @param block of the page that has them
 * @param others what is set beyond that
 */
record ClientProgram(String name, String file, String page, int block, Map<String, String> others, AgentShape shape) {
    static final List<ClientProgram> NPM = List.of(
            of("otel-js-protobuf", "opentelemetry.mjs", "opentelemetry-javascript", 0, AgentShape.GENERAL),
            of("otel-js-json", "opentelemetry.mjs", "opentelemetry-javascript", 0, AgentShape.GENERAL)
                    .with("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            of("otel-js-grpc", "opentelemetry.mjs", "opentelemetry-javascript", 1, AgentShape.GENERAL),
            of("langfuse-js", "langfuse-5.mjs", "langfuse-javascript", 0, AgentShape.LANGFUSE),
            of("langfuse-js-classic", "langfuse-3.mjs", "langfuse-javascript", 1, AgentShape.LANGFUSE_CLASSIC),
            of("langsmith-js", "langsmith-runs.mjs", "langsmith-javascript", 0, AgentShape.LANGSMITH),
            of("openinference-js", "openinference.mjs", "openinference", 0, AgentShape.OPENINFERENCE),
            of("vercel-ai", "vercel-ai.mjs", "vercel-ai-sdk", 0, AgentShape.VERCEL));

    static final List<ClientProgram> PYPI = List.of(
            of("otel-python-http", "opentelemetry_spans.py", "opentelemetry-python", 0, AgentShape.GENERAL),
            of("otel-python-grpc", "opentelemetry_spans.py", "opentelemetry-python", 1, AgentShape.GENERAL),
            of("langfuse-python", "langfuse_5.py", "langfuse-python", 0, AgentShape.LANGFUSE_PYTHON),
            of("langsmith-python", "langsmith_runs.py", "langsmith-python", 0, AgentShape.LANGSMITH),
            of("openinference-python", "openinference_openai.py", "openinference", 0, AgentShape.OPENINFERENCE),
            of("openllmetry-python", "openllmetry_openai.py", "openllmetry", 0, AgentShape.GENERAL));

    private static ClientProgram of(String name, String file, String page, int block, AgentShape shape) {
        return new ClientProgram(name, file, page, block, Map.of(), shape);
    }

    private ClientProgram with(String variable, String value) {
        return new ClientProgram(name, file, page, block, Map.of(variable, value), shape);
    }

    /** All that the program is told: its page's settings, and where its model is. */
    Map<String, String> settings(Stack stack, Tenant tenant, URI model) {
        Map<String, String> settings = new TreeMap<>(SdkPage.of(page).settings(block, stack, tenant));
        settings.put("OPENAI_BASE_URL", model.toString());
        settings.put("OPENAI_API_KEY", name);
        // What Node itself thinks of the packages is no complaint of theirs.
        settings.put("NODE_NO_WARNINGS", "1");
        settings.putAll(others);
        return settings;
    }
}
