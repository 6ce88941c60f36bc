package io.millrace.clients;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A program of {@code clients}.
 *
 * @param page of {@code docs/sdk} that tells its settings
 * @param block of the page that has them
 * @param others what is set beyond that
 */
public record ClientProgram(
        String name, Language language, String file, String page, int block, Map<String, String> others) {
    private static final String PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /** What a program is written in, and who installs what it uses. */
    public enum Language {
        JAVA,
        NPM,
        PYPI
    }

    private static final List<ClientProgram> ALL = List.of(
            java("otel-java-http"),
            java("otel-java-grpc").with(PROTOCOL, "grpc"),
            npm("otel-js-protobuf", "opentelemetry.mjs", "opentelemetry-javascript", 0),
            npm("otel-js-json", "opentelemetry.mjs", "opentelemetry-javascript", 0)
                    .with(PROTOCOL, "http/json"),
            npm("otel-js-grpc", "opentelemetry.mjs", "opentelemetry-javascript", 1),
            npm("langfuse-js", "langfuse-5.mjs", "langfuse-javascript", 0),
            npm("langfuse-js-classic", "langfuse-3.mjs", "langfuse-javascript", 1),
            npm("langsmith-js", "langsmith-runs.mjs", "langsmith-javascript", 0),
            npm("openinference-js", "openinference.mjs", "openinference", 0),
            npm("vercel-ai", "vercel-ai.mjs", "vercel-ai-sdk", 0),
            pypi("otel-python-http", "opentelemetry_spans.py", "opentelemetry-python", 0),
            pypi("otel-python-grpc", "opentelemetry_spans.py", "opentelemetry-python", 1),
            pypi("langfuse-python", "langfuse_5.py", "langfuse-python", 0),
            pypi("langsmith-python", "langsmith_runs.py", "langsmith-python", 0),
            pypi("openinference-python", "openinference_openai.py", "openinference", 0),
            pypi("openllmetry-python", "openllmetry_openai.py", "openllmetry", 0));

    /** Every program there is. */
    public static List<ClientProgram> all() {
        return ALL;
    }

    /** Those of a language. */
    public static Stream<ClientProgram> of(Language language) {
        return ALL.stream().filter(program -> program.language == language);
    }

    private static ClientProgram java(String name) {
        return new ClientProgram(name, Language.JAVA, "", "opentelemetry-java", 0, Map.of());
    }

    private static ClientProgram npm(String name, String file, String page, int block) {
        return new ClientProgram(name, Language.NPM, file, page, block, Map.of());
    }

    private static ClientProgram pypi(String name, String file, String page, int block) {
        return new ClientProgram(name, Language.PYPI, file, page, block, Map.of());
    }

    private ClientProgram with(String variable, String value) {
        return new ClientProgram(name, language, file, page, block, Map.of(variable, value));
    }

    /** Whether it speaks gRPC, not HTTP/1.1. */
    public boolean grpc() {
        return name.endsWith("-grpc");
    }

    /**
     * All that the program is told: its page's settings, and where its model is.
     *
     * @param root of the project
     * @param model what OpenAI's clients want as {@code OPENAI_BASE_URL}
     */
    public Map<String, String> settings(Path root, Destination destination, URI model) {
        Map<String, String> settings = new TreeMap<>(SdkPage.of(root, page).settings(block, destination));
        settings.put("OPENAI_BASE_URL", model.toString());
        settings.put("OPENAI_API_KEY", name);
        // What Node itself thinks of the packages is no complaint of theirs.
        settings.put("NODE_NO_WARNINGS", "1");
        settings.putAll(others);
        if (language == Language.JAVA && grpc()) {
            // Its page has one block for both protocols.
            settings.put("OTEL_EXPORTER_OTLP_ENDPOINT", destination.grpc().toString());
        }
        return settings;
    }
}
