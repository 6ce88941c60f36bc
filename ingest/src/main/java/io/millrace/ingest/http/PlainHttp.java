package io.millrace.ingest.http;

import io.millrace.ingest.nativespan.NativeAnswer;
import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** HTTP itself: the body is the request's, and the answer is in the form of the endpoint's dialect. */
public final class PlainHttp implements Protocol {
    private final HttpServerRequest request;
    private final Endpoint endpoint;
    private final boolean protobuf;

    public PlainHttp(HttpServerRequest request, Endpoint endpoint) {
        this.request = request;
        this.endpoint = endpoint;
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        this.protobuf = contentType != null && contentType.contains("protobuf");
    }

    @Override
    public String label() {
        return endpoint.label();
    }

    @Override
    public ContentType contentType() throws Refused {
        return ContentType.of(endpoint, request.getHeader(HttpHeaders.CONTENT_TYPE));
    }

    @Override
    public Intake intake(Budget budget, int limit) throws Refused {
        Encoding encoding = Encoding.of(request.getHeader(HttpHeaders.CONTENT_ENCODING));
        if (endpoint == Endpoint.WEBHOOK) {
            if (encoding != Encoding.IDENTITY) {
                throw Failure.UNSUPPORTED_ENCODING.because("a signature is over the plain body");
            }
            return new Whole(new HeldBytes(budget, Math.min(limit, WebhookDecoding.MOST_BYTES)), encoding);
        }
        if (endpoint == Endpoint.LANGFUSE_UPLOAD && encoding != Encoding.IDENTITY) {
            throw Failure.UNSUPPORTED_ENCODING.because("a file is uploaded as it is");
        }
        HeldBytes bytes = new HeldBytes(budget, limit);
        bytes.announce(BodyReader.announcedLength(request));
        return new Whole(bytes, encoding);
    }

    @Override
    public Reply taken(ContentType contentType, RequestSpans items) {
        if (endpoint.isLangfuse()) {
            return LangfuseAnswer.taken(endpoint, items);
        }
        if (endpoint.isLangSmith()) {
            return LangSmithAnswer.taken(endpoint, items);
        }
        if (!endpoint.isOtlp()) {
            return Answer.ok(ContentType.JSON.mime(), NativeAnswer.of(items));
        }
        OtlpEncoding otlp = contentType.otlp();
        return Answer.ok(otlp.contentType(), endpoint.answer(otlp, items));
    }

    @Override
    public Reply refused(Refused refused) {
        if (endpoint.isLangfuse()) {
            return LangfuseAnswer.refused(refused);
        }
        if (endpoint == Endpoint.NATIVE_SPANS) {
            return Answer.nativeProblem(refused);
        }
        return endpoint.isOtlp() ? Answer.status(refused, protobuf) : Answer.problem(refused);
    }

    /** Every byte of the body as it is. */
    private record Whole(HeldBytes bytes, Encoding encoding) implements Intake {
        @Override
        public void append(Buffer chunk) throws Refused {
            bytes.append(chunk);
        }

        @Override
        public Packed whole() {
            return new Packed(bytes, encoding);
        }

        @Override
        public void close() {
            bytes.close();
        }
    }
}
