package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;

/**
 * Walks an {@code ExportLogsServiceRequest} down to its records. Resource and scope are those of the spans that the records
 * are about, and are not looked at.
 */
public final class LogRecords {
    /** A record about generative AI that names no span, or is of an event that nothing is made of. */
    static final String NOT_JOINED = "logs_not_joined";

    /** Any other record. */
    static final String NOT_A_SPAN = "not_a_span";

    /** Fields of Protobuf messages, all of them with a length. */
    private static final int PART = 2 << 3 | WireWriter.LENGTH_DELIMITED;

    private static final int RESOURCE_LOGS = 1 << 3 | WireWriter.LENGTH_DELIMITED;

    private final LogDecoder decoder;
    /** A record of a JSON body as the Protobuf that means the same. */
    private final WireWriter bytes = new WireWriter(1024);

    private final OtlpJsonLogRecord record;

    private LogRecords(RequestSpans spans) {
        decoder = new LogDecoder(spans);
        record = new OtlpJsonLogRecord(bytes, spans.context().limits().maxNesting());
    }

    /**
     * Reads a body. Records that say something of a span become notes on it, and all others are counted as ignored.
     *
     * @throws MalformedEnvelope when one cannot be told from the next
     */
    public static RequestSpans decode(OtlpEncoding encoding, byte[] body, int length, RequestContext context)
            throws MalformedEnvelope {
        RequestSpans spans = new RequestSpans(context, OtlpEncoding.DIALECT, 0);
        LogRecords records = new LogRecords(spans);
        if (encoding == OtlpEncoding.PROTOBUF) {
            records.protobuf(body, length);
        } else {
            records.json(new JsonBody(body, 0, length));
        }
        records.decoder.finish();
        return spans;
    }

    private void protobuf(byte[] body, int length) throws MalformedEnvelope {
        WireReader reader = new WireReader();
        reader.reset(body, 0, length);
        try {
            walk(reader, RESOURCE_LOGS, 0);
        } catch (MalformedSpan broken) {
            throw new MalformedEnvelope("the body is no ExportLogsServiceRequest: " + broken.detail());
        }
    }

    /** @param depth 0 in the request, 1 in the logs of a resource, 2 in those of a scope */
    private void walk(WireReader reader, int wanted, int depth) throws MalformedSpan, MalformedEnvelope {
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != wanted) {
                reader.skip(tag);
                continue;
            }
            int length = reader.length();
            if (depth == 2) {
                decoder.decode(reader.array(), reader.position(), length, null);
                reader.skipBytes(length);
            } else {
                int outer = reader.enter(length);
                walk(reader, PART, depth + 1);
                reader.leave(outer);
            }
        }
    }

    private void json(JsonBody body) throws MalformedEnvelope {
        JsonReader reader = body.reader();
        if (reader.nextToken() != JsonToken.START_OBJECT) {
            throw new MalformedEnvelope("the body is no JSON object");
        }
        members(reader, 0);
        if (reader.nextToken() != null) {
            throw new MalformedEnvelope("the body goes on after its JSON object");
        }
    }

    /** Goes through the object that has just begun, down to the records. */
    private void members(JsonReader reader, int depth) throws MalformedEnvelope {
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            boolean onPath = isOnPath(reader.currentName(), depth);
            if (reader.nextToken() == JsonToken.START_ARRAY && onPath) {
                elements(reader, depth);
            } else {
                reader.skipChildren();
            }
        }
    }

    private static boolean isOnPath(String member, int depth) {
        return switch (depth) {
            case 0 -> member.equals("resourceLogs") || member.equals("resource_logs");
            case 1 -> member.equals("scopeLogs") || member.equals("scope_logs");
            default -> member.equals("logRecords") || member.equals("log_records");
        };
    }

    private void elements(JsonReader reader, int depth) throws MalformedEnvelope {
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.currentToken() != JsonToken.START_OBJECT) {
                reader.skipChildren();
            } else if (depth == 2) {
                jsonRecord(reader);
            } else {
                members(reader, depth + 1);
            }
        }
    }

    private void jsonRecord(JsonReader reader) throws MalformedEnvelope {
        bytes.clear();
        MalformedSpan malformed = record.write(reader);
        decoder.decode(bytes.array(), 0, bytes.size(), malformed);
    }
}
