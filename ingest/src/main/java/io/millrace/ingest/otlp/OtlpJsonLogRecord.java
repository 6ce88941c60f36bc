package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
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
     * Writes the members of the record at whose opening brace the parser stands, up to its closing one, but for those that
     * cannot be read: what the record is about may stand behind them.
     *
     * @return why the first of these cannot be; null when all of the record is written
     */
    @Nullable
    MalformedSpan write(JsonParser parser) throws IOException {
        int depth = parser.getParsingContext().getNestingDepth();
        MalformedSpan first = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            int before = out.size();
            try {
                member(name, parser);
            } catch (MalformedSpan malformed) {
                first = first == null ? malformed : first;
                out.truncate(before);
                while (parser.getParsingContext().getNestingDepth() > depth) {
                    parser.nextToken();
                }
            }
        }
        return first;
    }

    private void member(String name, JsonParser parser) throws IOException, MalformedSpan {
        switch (name) {
            case "timeUnixNano", "time_unix_nano" -> out.fixed64Field(1, JsonValues.integer(parser, "timeUnixNano"));
            case "body" -> values.value(parser, 5);
            case "attributes" -> values.attributes(parser, 6);
            case "traceId", "trace_id" -> id(parser, 9);
            case "spanId", "span_id" -> id(parser, 10);
            case "observedTimeUnixNano", "observed_time_unix_nano" ->
                out.fixed64Field(11, JsonValues.integer(parser, "observedTimeUnixNano"));
            case "eventName", "event_name" -> JsonValues.text(parser, out, 12, "eventName");
            default -> parser.skipChildren();
        }
    }

    /** One that cannot be read is none. */
    private void id(JsonParser parser, int field) throws IOException {
        int before = out.size();
        try {
            JsonValues.hex(parser, out, field, "an id");
        } catch (MalformedSpan none) {
            out.truncate(before);
            parser.skipChildren();
        }
    }
}
