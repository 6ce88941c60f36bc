package io.millrace.ingest.grpc;

import io.millrace.ingest.http.Budget;
import io.millrace.ingest.http.ContentType;
import io.millrace.ingest.http.Endpoint;
import io.millrace.ingest.http.Intake;
import io.millrace.ingest.http.Protocol;
import io.millrace.ingest.http.Refused;
import io.millrace.ingest.http.Reply;
import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.http.HttpServerRequest;

/** One call: a message in a frame comes, a message in a frame and a status go, or the status alone. */
final class GrpcCall implements Protocol {
    private final HttpServerRequest request;
    private final String label;
    private final Endpoint endpoint;
    private int status;

    /**
     * @param label what is called, as metrics name it
     * @param endpoint what it is called over HTTP
     */
    GrpcCall(HttpServerRequest request, String label, Endpoint endpoint) {
        this.request = request;
        this.label = label;
        this.endpoint = endpoint;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public ContentType contentType() {
        return ContentType.PROTOBUF;
    }

    @Override
    public Intake intake(Budget budget, int limit) {
        return new GrpcMessage(budget, limit, request.getHeader("grpc-encoding"));
    }

    @Override
    public Reply taken(ContentType contentType, RequestSpans items) {
        return remembered(GrpcReply.taken(endpoint.answer(OtlpEncoding.PROTOBUF, items)));
    }

    @Override
    public Reply refused(Refused refused) {
        return remembered(GrpcReply.refused(refused));
    }

    private Reply remembered(Reply reply) {
        status = reply.status();
        return reply;
    }

    /** What the answer's status would be over HTTP, where that of every call is 200; 0 while there is none. */
    int status() {
        return status;
    }
}
