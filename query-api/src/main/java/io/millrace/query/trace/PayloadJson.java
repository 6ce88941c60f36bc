package io.millrace.query.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.millrace.query.http.Times;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Link;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How payloads and attributes look in JSON. */
final class PayloadJson {
    /** Names come from senders without end, so none is kept. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private PayloadJson() {}

    /**
     * A text that is a JSON object or array becomes that; every other text stays one, so that an answer of {@code 42} or
     * {@code true} is told from the number and the truth value. No text at all is null.
     */
    static void writeContent(JsonGenerator out, String name, String text) throws IOException {
        out.writeFieldName(name);
        if (text.isEmpty()) {
            out.writeNull();
        } else if (isStructure(text)) {
            out.writeRawValue(text);
        } else {
            out.writeString(text);
        }
    }

    /** Whether the text is a JSON object or array, and nothing more. */
    static boolean isStructure(String text) {
        char first = text.stripLeading().isEmpty() ? ' ' : text.stripLeading().charAt(0);
        if (first != '{' && first != '[') {
            return false;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /** Attributes as an object; of a key that is there twice, the last counts. */
    static void writeAttributes(JsonGenerator out, String name, List<KeyValue> attributes) throws IOException {
        out.writeFieldName(name);
        writeObject(out, attributes);
    }

    static void writeEvents(JsonGenerator out, List<Event> events) throws IOException {
        out.writeArrayFieldStart("events");
        for (Event event : events) {
            out.writeStartObject();
            out.writeStringField("name", event.getName());
            out.writeStringField("time", Times.formatNanos(event.getTimeUnixNano()));
            writeAttributes(out, "attributes", event.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static void writeLinks(JsonGenerator out, List<Link> links) throws IOException {
        out.writeArrayFieldStart("links");
        for (Link link : links) {
            out.writeStartObject();
            out.writeStringField(
                    "trace_id", HexFormat.of().formatHex(link.getTraceId().toByteArray()));
            out.writeStringField(
                    "span_id", HexFormat.of().formatHex(link.getSpanId().toByteArray()));
            writeAttributes(out, "attributes", link.getAttributesList());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeObject(JsonGenerator out, List<KeyValue> attributes) throws IOException {
        Map<String, AnyValue> byKey = new LinkedHashMap<>();
        attributes.forEach(attribute -> byKey.put(attribute.getKey(), attribute.getValue()));
        out.writeStartObject();
        for (Map.Entry<String, AnyValue> entry : byKey.entrySet()) {
            out.writeFieldName(entry.getKey());
            writeValue(out, entry.getValue());
        }
        out.writeEndObject();
    }

    private static void writeValue(JsonGenerator out, AnyValue value) throws IOException {
        switch (value.getValueCase()) {
            case STRING_VALUE -> out.writeString(value.getStringValue());
            case BOOL_VALUE -> out.writeBoolean(value.getBoolValue());
            case INT_VALUE -> out.writeNumber(value.getIntValue());
            case DOUBLE_VALUE -> writeDouble(out, value.getDoubleValue());
            case BYTES_VALUE ->
                out.writeString(
                        Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray()));
            case ARRAY_VALUE -> {
                out.writeStartArray();
                for (AnyValue item : value.getArrayValue().getValuesList()) {
                    writeValue(out, item);
                }
                out.writeEndArray();
            }
            case KVLIST_VALUE -> writeObject(out, value.getKvlistValue().getValuesList());
            case VALUE_NOT_SET -> out.writeNull();
        }
    }

    /** JSON has no word for what is no finite number. */
    private static void writeDouble(JsonGenerator out, double value) throws IOException {
        if (Double.isFinite(value)) {
            out.writeNumber(value);
        } else {
            out.writeString(Double.toString(value));
        }
    }
}
