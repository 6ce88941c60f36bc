package io.millrace.ingest.http;

import io.millrace.ingest.langsmith.RunForm;
import io.millrace.ingest.langsmith.RunJson;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Runs and feedback of LangSmith's SDKs, by path.
 *
 * @param name the run that the path names, or the boundary of a form
 */
record LangSmithDecoding(Endpoint endpoint, String name, ContentType contentType, RequestContext context)
        implements Decoding {
    /** What the parts of a form take at most, which may be many and small. */
    private static final int MOST_OF_PARTS = 8 << 20;

    /** @throws Refused when a form does not say where its parts end */
    static LangSmithDecoding of(
            Endpoint endpoint, HttpServerRequest request, ContentType contentType, RequestContext context)
            throws Refused {
        String name = contentType == ContentType.FORM
                ? RunForm.boundary(request.getHeader(HttpHeaders.CONTENT_TYPE))
                : Endpoint.last(request.path());
        if (name == null) {
            throw Failure.MALFORMED_BODY.because("the content type names no boundary");
        }
        return new LangSmithDecoding(endpoint, name, contentType, context);
    }

    @Override
    public RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
        return switch (endpoint) {
            case LANGSMITH_FORM -> RunForm.decode(bytes, 0, length, name, context);
            case LANGSMITH_BATCH -> RunJson.batch(bytes, 0, length, context);
            case LANGSMITH_UPDATE -> RunJson.update(name, bytes, 0, length, context);
            case LANGSMITH_FEEDBACK -> RunJson.feedback(bytes, 0, length, context);
            default -> RunJson.run(bytes, 0, length, context);
        };
    }

    @Override
    public int loopBytes() {
        return 128 * 1024;
    }

    /** Decoded spans and their records: each about as long as the body. */
    @Override
    public long memory(int length) {
        return 2L * length + (contentType == ContentType.FORM ? Math.min(8L * length, MOST_OF_PARTS) : 0);
    }
}
