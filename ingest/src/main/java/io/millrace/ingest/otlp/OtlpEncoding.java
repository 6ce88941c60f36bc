package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The two encodings of OTLP/HTTP: how bodies of traces are read, and how the answers to them are written. Both mean the
 * same; gRPC's messages are {@link #PROTOBUF}.
 */
public enum OtlpEncoding {
    PROTOBUF("application/x-protobuf") {
        @Override
        public RequestSpans decode(byte[] body, int offset, int length, RequestContext context)
                throws MalformedEnvelope {
            return OtlpProtobufDecoder.decode(body, offset, length, context);
        }

        @Override
        public byte[] answer(long rejected, String message) {
            return OtlpAnswer.protobuf(rejected, message);
        }

        @Override
        public byte[] answerToLogs(RequestSpans records) {
            return OtlpAnswer.protobuf(records.refused(), OtlpAnswer.message(records, RECORDS));
        }

        @Override
        public byte[] error(int code, String message) {
            return OtlpAnswer.protobufStatus(code, message);
        }
    },
    JSON("application/json") {
        @Override
        public RequestSpans decode(byte[] body, int offset, int length, RequestContext context)
                throws MalformedEnvelope {
            return OtlpJsonDecoder.decode(body, offset, length, context);
        }

        @Override
        public byte[] answer(long rejected, String message) {
            return OtlpAnswer.json("rejectedSpans", rejected, message);
        }

        @Override
        public byte[] answerToLogs(RequestSpans records) {
            return OtlpAnswer.json("rejectedLogRecords", records.refused(), OtlpAnswer.message(records, RECORDS));
        }

        @Override
        public byte[] error(int code, String message) {
            return OtlpAnswer.jsonStatus(code, message);
        }
    };

    /** How records name the way their spans came. */
    static final String DIALECT = "otlp";

    private static final String SPANS = "span";
    private static final String RECORDS = "log record";

    private final String contentType;

    OtlpEncoding(String contentType) {
        this.contentType = contentType;
    }

    /** The encoding that a request's {@code Content-Type} names, whatever its parameters; null: neither. */
    public static @Nullable OtlpEncoding of(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        String type = contentType.strip().toLowerCase(Locale.ROOT);
        for (OtlpEncoding encoding : values()) {
            if (type.startsWith(encoding.contentType)) {
                return encoding;
            }
        }
        return null;
    }

    /** The {@code Content-Type} of answers. */
    public String contentType() {
        return contentType;
    }

    /**
     * Reads an {@code ExportTraceServiceRequest}. Spans that cannot be taken are refused one by one; {@code body} must
     * not change until this returns, and is not needed afterwards.
     *
     * @throws MalformedEnvelope when the body is none, or holds logs or metrics: a 400
     */
    public abstract RequestSpans decode(byte[] body, int offset, int length, RequestContext context)
            throws MalformedEnvelope;

    /** The {@code ExportTraceServiceResponse} for a request whose accepted spans are durable. */
    public byte[] answer(RequestSpans spans) {
        return answer(spans.refused(), OtlpAnswer.message(spans, SPANS));
    }

    /** The {@code ExportLogsServiceResponse} for a request whose accepted records are durable. */
    public abstract byte[] answerToLogs(RequestSpans records);

    /** An {@code ExportTraceServiceResponse}; with nothing rejected and no message it is plain success. */
    public abstract byte[] answer(long rejected, String message);

    /** A {@code google.rpc.Status}: {@code code} is gRPC's (3 is bad data, 14 is try again, 16 is who are you). */
    public abstract byte[] error(int code, String message);

    static MalformedEnvelope notTraces() {
        return new MalformedEnvelope(
                "no span has an id: are these logs or metrics? Those go to /v1/logs and /v1/metrics");
    }
}
