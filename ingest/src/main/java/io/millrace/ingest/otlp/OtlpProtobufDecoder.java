package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;

/**
 * Walks an {@code ExportTraceServiceRequest} in place, down to the bytes of each span. Resource and scope are looked up
 * ahead of the spans under them, since the fields of a message may come in any order.
 */
final class OtlpProtobufDecoder {
    private static final int RESOURCE_SPANS = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    /** Of resource spans the resource, of scope spans the scope. */
    private static final int HEAD = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    /** Of resource spans the scope spans, of scope spans the spans. */
    private static final int PART = 2 << 3 | WireWriter.LENGTH_DELIMITED;

    private final byte[] body;
    private final RequestSpans spans;
    private final SpanDecoder decoder;
    private final OriginDecoder origins;
    private final WireReader reader = new WireReader();
    private int headFrom;
    private int headLength;
    private boolean hasParts;

    private OtlpProtobufDecoder(byte[] body, int length, RequestContext context) {
        this.body = body;
        this.spans = new RequestSpans(context, OtlpEncoding.DIALECT, length);
        this.decoder = new SpanDecoder(spans);
        this.origins = new OriginDecoder(spans);
    }

    static RequestSpans decode(byte[] body, int offset, int length, RequestContext context) throws MalformedEnvelope {
        OtlpProtobufDecoder request = new OtlpProtobufDecoder(body, length, context);
        try {
            request.request(offset, length);
        } catch (MalformedSpan malformed) {
            throw new MalformedEnvelope("the body is no ExportTraceServiceRequest: " + malformed.detail());
        }
        if (request.decoder.noneHadIds()) {
            throw OtlpEncoding.notTraces();
        }
        return request.spans;
    }

    private void request(int offset, int length) throws MalformedSpan {
        reader.reset(body, offset, offset + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == RESOURCE_SPANS) {
                int outer = reader.enter(reader.length());
                resourceSpans();
                reader.leave(outer);
            } else {
                reader.skip(tag);
            }
        }
    }

    private void resourceSpans() throws MalformedSpan {
        findHead();
        if (!hasParts) {
            return;
        }
        origins.resource(body, headFrom, headLength);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == PART) {
                int outer = reader.enter(reader.length());
                scopeSpans();
                reader.leave(outer);
            } else {
                reader.skip(tag);
            }
        }
    }

    private void scopeSpans() throws MalformedSpan {
        findHead();
        if (!hasParts) {
            return;
        }
        SpanSource source = origins.source(body, headFrom, headLength);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == PART) {
                int length = reader.length();
                decoder.decode(body, reader.position(), length, source);
                reader.skipBytes(length);
            } else {
                reader.skip(tag);
            }
        }
    }

    /** Finds the head of the message being read and whether it has parts, and stands at its beginning again. */
    private void findHead() throws MalformedSpan {
        int from = reader.position();
        int limit = reader.limit();
        headFrom = from;
        headLength = 0;
        hasParts = false;
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == HEAD) {
                headLength = reader.length();
                headFrom = reader.position();
                reader.skipBytes(headLength);
            } else {
                hasParts |= tag == PART;
                reader.skip(tag);
            }
        }
        reader.reset(body, from, limit);
    }
}
