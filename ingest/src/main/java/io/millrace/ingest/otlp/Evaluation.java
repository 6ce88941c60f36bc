package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.wire.Event;
import java.nio.charset.StandardCharsets;

/**
 * Keeps the result of an evaluation as what scores of other dialects are: an event {@code score} whose attributes are the
 * score's members. Reused from record to record.
 */
final class Evaluation {
    private static final String EVENT_NAME = "score";
    private static final String PREFIX = "gen_ai.evaluation.";
    private static final int VALUE = 2 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int KEY_FIELD = 1;
    private static final int VALUE_FIELD = 2;

    private final WireReader reader = new WireReader();
    private final WireReader values = new WireReader();
    private final Attribute attribute = new Attribute();
    private final WireWriter event = new WireWriter(256);

    void keep(SpanDraft draft, LogEvent record) throws MalformedSpan {
        event.clear();
        event.fixed64Field(Event.TIME_UNIX_NANO_FIELD_NUMBER, record.timeNanos);
        event.textField(Event.NAME_FIELD_NUMBER, EVENT_NAME);
        reader.reset(record.bytes, record.from, record.from + record.length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != LogEvent.ATTRIBUTE) {
                reader.skip(tag);
                continue;
            }
            attribute.read(reader, reader.length());
            boolean says = !attribute.isNaN() && !LogEvent.isName(attribute);
            if (says && !draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
                draft.endOfAttribute();
                member();
            }
        }
        draft.event(event.array(), 0, event.size());
        draft.keepBody();
    }

    private void member() throws MalformedSpan {
        int content = event.open(Event.ATTRIBUTES_FIELD_NUMBER);
        event.textField(KEY_FIELD, name());
        values.reset(attribute.bytes, attribute.from, attribute.from + attribute.length);
        for (int tag = values.tag(); tag != 0; tag = values.tag()) {
            if (tag == VALUE) {
                int length = values.length();
                event.message(VALUE_FIELD, attribute.bytes, values.position(), length);
                values.skipBytes(length);
            } else {
                values.skip(tag);
            }
        }
        event.close(content);
    }

    /** What a score calls it. */
    private String name() {
        String key = new String(attribute.bytes, attribute.keyFrom, attribute.keyLength, StandardCharsets.UTF_8);
        if (!key.startsWith(PREFIX)) {
            return key;
        }
        return switch (key.substring(PREFIX.length())) {
            case "name" -> "name";
            case "score.value" -> "value";
            case "score.label" -> "label";
            case "explanation" -> "comment";
            default -> key;
        };
    }
}
