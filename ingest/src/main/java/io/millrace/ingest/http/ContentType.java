package io.millrace.ingest.http;

import io.millrace.ingest.otlp.OtlpEncoding;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms in which spans are written. */
public enum ContentType {
    PROTOBUF("application/x-protobuf"),
    JSON("application/json"),
    NDJSON("application/x-ndjson"),
    FORM("multipart/form-data");

    private final String mime;

    ContentType(String mime) {
        this.mime = mime;
    }

    /** The encoding of OTLP that this is. */
    OtlpEncoding otlp() {
        return this == PROTOBUF ? OtlpEncoding.PROTOBUF : OtlpEncoding.JSON;
    }

    String mime() {
        return mime;
    }

    /**
     * The form of a body for {@code endpoint}; parameters of the header do not matter.
     *
     * @throws Refused when the endpoint does not take it
     */
    static ContentType of(Endpoint endpoint, @Nullable String header) throws Refused {
        String mime = header == null ? "" : mimeOf(header);
        if (endpoint == Endpoint.LANGFUSE_UPLOAD) {
            // Of the answer: the file is of any type.
            return JSON;
        }
        if (endpoint.isOtlp()) {
            return switch (mime) {
                case "application/x-protobuf", "application/protobuf" -> PROTOBUF;
                case "application/json" -> JSON;
                default ->
                    throw Failure.UNSUPPORTED_CONTENT_TYPE.because("application/x-protobuf and application/json are");
            };
        }
        if (endpoint.isLangfuse()) {
            if (mime.isEmpty() || mime.equals("application/json")) {
                return JSON;
            }
            throw Failure.UNSUPPORTED_CONTENT_TYPE.because("application/json is");
        }
        if (endpoint == Endpoint.WEBHOOK) {
            if (mime.isEmpty() || mime.equals("application/json") || mime.endsWith("+json")) {
                return JSON;
            }
            throw Failure.UNSUPPORTED_CONTENT_TYPE.because("application/json is");
        }
        if (endpoint == Endpoint.LANGSMITH_FORM) {
            if (mime.equals("multipart/form-data")) {
                return FORM;
            }
            throw Failure.UNSUPPORTED_CONTENT_TYPE.because("multipart/form-data is");
        }
        if (endpoint.isLangSmith()) {
            if (mime.isEmpty() || mime.equals("application/json")) {
                return JSON;
            }
            throw Failure.UNSUPPORTED_CONTENT_TYPE.because("application/json is");
        }
        return switch (mime) {
            case "", "application/json" -> JSON;
            case "application/x-ndjson", "application/ndjson", "application/jsonl" -> NDJSON;
            default -> throw Failure.UNSUPPORTED_CONTENT_TYPE.because("application/json and application/x-ndjson are");
        };
    }

    private static String mimeOf(String header) {
        int parameters = header.indexOf(';');
        return (parameters < 0 ? header : header.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
