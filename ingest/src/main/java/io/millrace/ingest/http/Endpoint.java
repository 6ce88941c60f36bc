package io.millrace.ingest.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a path asks for, whatever prefix a base URL put before it. */
public enum Endpoint {
    OTLP_TRACES("otlp", true, "/v1/traces"),
    OTLP_LOGS("otlp", true, "/v1/logs"),
    OTLP_METRICS("otlp", true, "/v1/metrics"),
    NATIVE_SPANS("native", true, "/v1/spans"),
    LANGFUSE_EVENTS("langfuse", true, "/api/public/ingestion"),
    LANGFUSE_SCORES("langfuse", true, "/api/public/scores"),
    LANGFUSE_PROJECTS("langfuse", false, "/api/public/projects"),
    LANGFUSE_HEALTH("langfuse", false, "/api/public/health"),
    WEBHOOK("webhook", true, "/webhooks/{source}"),
    LIVE("health", false, "/health/live"),
    READY("health", false, "/health/ready"),
    OPENAPI("openapi", false, "/openapi.json"),
    /** A path of a dialect that Millrace will take later. */
    NOT_AVAILABLE("other", false, "other"),
    UNKNOWN("other", false, "other");

    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    /** More of Langfuse's API, and LangSmith. */
    private static final List<Pattern> LATER = List.of(
            Pattern.compile(".*/api/public/(projects|scores|media)(/.*)?"),
            Pattern.compile("(.*/)?/?info"),
            Pattern.compile(".*/runs(/.*)?"),
            Pattern.compile(".*/feedback(/.*)?"));

    private static final String WEBHOOKS = "/webhooks/";
    private static final List<Endpoint> LANGFUSE =
            List.of(LANGFUSE_EVENTS, LANGFUSE_SCORES, LANGFUSE_PROJECTS, LANGFUSE_HEALTH);

    private final String dialect;
    private final boolean takesItems;
    private final String route;

    Endpoint(String dialect, boolean takesItems, String route) {
        this.route = route;
        this.dialect = dialect;
        this.takesItems = takesItems;
    }

    /** The name by which records and metrics know where spans came from. */
    String dialect() {
        return dialect;
    }

    /** The path without prefixes, as OpenAPI has it. */
    String route() {
        return route;
    }

    /** Whether a body is wanted. */
    boolean takesItems() {
        return takesItems;
    }

    /** Whether a key is wanted: a webhook is signed instead. */
    boolean wantsKey() {
        return takesItems && this != WEBHOOK || this == LANGFUSE_PROJECTS;
    }

    boolean isLangfuse() {
        return dialect.equals("langfuse");
    }

    boolean isOtlp() {
        return this == OTLP_TRACES || this == OTLP_LOGS || this == OTLP_METRICS;
    }

    boolean isKnown() {
        return this != UNKNOWN && this != NOT_AVAILABLE;
    }

    /** The method that it takes. */
    String method() {
        return takesItems ? "POST" : "GET";
    }

    boolean takes(String method) {
        return method.equals(method()) || !takesItems && method.equals("HEAD");
    }

    /** Its name in metrics. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Endpoint of(String rawPath) {
        String path = normalised(rawPath);
        if (path.endsWith("/v1/traces")) {
            return OTLP_TRACES;
        }
        if (path.endsWith("/v1/spans")) {
            return NATIVE_SPANS;
        }
        if (path.endsWith("/v1/logs")) {
            return OTLP_LOGS;
        }
        if (path.endsWith("/v1/metrics")) {
            return OTLP_METRICS;
        }
        for (Endpoint endpoint : LANGFUSE) {
            if (path.endsWith(endpoint.route)) {
                return endpoint;
            }
        }
        return switch (path) {
            case "/health/live" -> LIVE;
            case "/health/ready" -> READY;
            case "/openapi.json" -> OPENAPI;
            default -> isWebhook(path) ? WEBHOOK : isLater(path) ? NOT_AVAILABLE : UNKNOWN;
        };
    }

    private static boolean isWebhook(String path) {
        int last = path.lastIndexOf('/') + 1;
        return path.startsWith(WEBHOOKS, last - WEBHOOKS.length()) && last < path.length();
    }

    /** The source that the path of a webhook names. */
    static String source(String rawPath) {
        String path = normalised(rawPath);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String normalised(String path) {
        String single = path.contains("//") ? SLASHES.matcher(path).replaceAll("/") : path;
        return single.length() > 1 && single.endsWith("/") ? single.substring(0, single.length() - 1) : single;
    }

    private static boolean isLater(String path) {
        return LATER.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }
}
