package io.millrace.ingest.http;

import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.span.RequestSpans;
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
    LANGFUSE_MEDIA("langfuse", true, "/api/public/media"),
    /** Where a file is uploaded, by a ticket instead of a key. */
    LANGFUSE_UPLOAD("langfuse", true, "/api/public/media/uploads/{ticket}"),
    /** Where an SDK tells how its upload went. */
    LANGFUSE_UPLOADED("langfuse", false, "/api/public/media/{id}"),
    LANGFUSE_PROJECTS("langfuse", false, "/api/public/projects"),
    LANGFUSE_HEALTH("langfuse", false, "/api/public/health"),
    WEBHOOK("webhook", true, "/webhooks/{source}"),
    LANGSMITH_INFO("langsmith", false, "/info"),
    LANGSMITH_RUN("langsmith", true, "/runs"),
    LANGSMITH_UPDATE("langsmith", true, "/runs/{id}"),
    LANGSMITH_BATCH("langsmith", true, "/runs/batch"),
    LANGSMITH_FORM("langsmith", true, "/runs/multipart"),
    LANGSMITH_FEEDBACK("langsmith", true, "/feedback"),
    LIVE("health", false, "/health/live"),
    READY("health", false, "/health/ready"),
    OPENAPI("openapi", false, "/openapi.json"),
    /** A path of a dialect that Millrace will take later. */
    NOT_AVAILABLE("other", false, "other"),
    UNKNOWN("other", false, "other");

    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    /** What else Langfuse and LangSmith have of what they take in. */
    private static final List<Pattern> LATER = List.of(
            Pattern.compile(".*/api/public/(projects|scores)(/.*)?"),
            Pattern.compile(".*/runs/.*"),
            Pattern.compile(".*/feedback/.*"));

    private static final String WEBHOOKS = "/webhooks/";
    private static final String RUNS = "/runs/";
    private static final String MEDIA = "/api/public/media/";
    private static final String UPLOADS = "/api/public/media/uploads/";
    private static final List<Endpoint> LANGFUSE =
            List.of(LANGFUSE_EVENTS, LANGFUSE_SCORES, LANGFUSE_MEDIA, LANGFUSE_PROJECTS, LANGFUSE_HEALTH);

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
        return takesItems && this != WEBHOOK && this != LANGFUSE_UPLOAD
                || this == LANGFUSE_PROJECTS
                || this == LANGFUSE_UPLOADED;
    }

    /** Whether an SDK asks for it, to send or before it sends. */
    boolean isForSenders() {
        return takesItems || isLangfuse() || isLangSmith();
    }

    boolean isLangfuse() {
        return dialect.equals("langfuse");
    }

    boolean isOtlp() {
        return this == OTLP_TRACES || this == OTLP_LOGS || this == OTLP_METRICS;
    }

    /** What a client of OTLP is told once all that was accepted is durable. */
    public byte[] answer(OtlpEncoding encoding, RequestSpans items) {
        return this == OTLP_LOGS ? encoding.answerToLogs(items) : encoding.answer(items);
    }

    boolean isLangSmith() {
        return dialect.equals("langsmith");
    }

    boolean isKnown() {
        return this != UNKNOWN && this != NOT_AVAILABLE;
    }

    /** The method that it takes. */
    String method() {
        return switch (this) {
            case LANGSMITH_UPDATE, LANGFUSE_UPLOADED -> "PATCH";
            case LANGFUSE_UPLOAD -> "PUT";
            default -> takesItems ? "POST" : "GET";
        };
    }

    boolean takes(String method) {
        return method.equals(method()) || method().equals("GET") && method.equals("HEAD");
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
            default -> isWithin(WEBHOOKS, path) ? WEBHOOK : isWithin(UPLOADS, path) ? LANGFUSE_UPLOAD : media(path);
        };
    }

    private static Endpoint media(String path) {
        return isWithin(MEDIA, path) ? LANGFUSE_UPLOADED : langSmith(path);
    }

    private static Endpoint langSmith(String path) {
        return switch (last(path)) {
            case "info" -> LANGSMITH_INFO;
            case "runs" -> LANGSMITH_RUN;
            case "feedback" -> LANGSMITH_FEEDBACK;
            default -> isWithin(RUNS, path) ? run(path) : isLater(path) ? NOT_AVAILABLE : UNKNOWN;
        };
    }

    private static Endpoint run(String path) {
        return switch (last(path)) {
            case "batch" -> LANGSMITH_BATCH;
            case "multipart" -> LANGSMITH_FORM;
            default -> LANGSMITH_UPDATE;
        };
    }

    /** Whether the path is that of {@code folder}, behind any prefix, and one name more. */
    private static boolean isWithin(String folder, String path) {
        int last = path.lastIndexOf('/') + 1;
        return path.startsWith(folder, last - folder.length()) && last < path.length();
    }

    /** The last part of a path: the source of a webhook, the run that is updated. */
    static String last(String rawPath) {
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
