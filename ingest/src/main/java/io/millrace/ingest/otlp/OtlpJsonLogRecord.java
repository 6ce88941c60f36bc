package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import org.jspecify.annotations.Nullable;

/** Writes of one OTLP/JSON log record as Protobuf what is read of it. */
final class OtlpJsonLogRecord {
    private final WireWriter out;
    private final OtlpJsonValues values;

    OtlpJsonLogRecord(WireWriter out, int maxNesting) {
        this.out = out;
        this.values = new OtlpJsonValues(out, maxNesting);
    }

    /**
     * Writes the members of the record at whose opening brace the reader stands, up to its closing one, but for those that
     * cannot be read: what the record is about may stand behind them.
     *
     * @return why the first of these cannot be; null when all of the record is written
     */
    @Nullable
    MalformedSpan write(JsonReader reader) throws MalformedEnvelope {
        int depth = reader.depth();
        MalformedSpan first = null;
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            int before = out.size();
            try {
                member(name, reader);
            } catch (MalformedSpan malformed) {
                first = first == null ? malformed : first;
                out.truncate(before);
                while (reader.depth() > depth) {
                    reader.nextToken();
                }
            }
        }
        return first;
    }

    private void member(String name, JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        switch (name) {
            case "timeUnixNano", "time_unix_nano" -> out.fixed64Field(1, reader.integer("timeUnixNano"));
            case "body" -> values.value(reader, 5);
            case "attributes" -> values.attributes(reader, 6);
            case "traceId", "trace_id" -> id(reader, 9);
            case "spanId", "span_id" -> id(reader, 10);
            case "observedTimeUnixNano", "observed_time_unix_nano" ->
                out.fixed64Field(11, reader.integer("observedTimeUnixNano"));
            case "eventName", "event_name" -> reader.text(out, 12, "eventName");
            default -> reader.skipChildren();
        }
    }

    /** One that cannot be read is none. */
    private void id(JsonReader reader, int field) throws MalformedEnvelope {
        int before = out.size();
        try {
            reader.hex(out, field, "an id");
        } catch (MalformedSpan none) {
            out.truncate(before);
            reader.skipChildren();
        }
    }
}
