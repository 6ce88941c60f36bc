package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Counts the log records of an {@code ExportLogsServiceRequest} as ignored: those that say what a model was asked or what it
 * answered apart from all others, since they belong to a span and are missed there.
 */
public final class LogRecords {
    /** A record of what a model was asked or answered, which is not joined to its span yet. */
    public static final String NOT_JOINED = "logs_not_joined";

    /** Any other record. */
    public static final String NOT_A_SPAN = "not_a_span";

    private static final String EVENT_NAME = "event.name";
    private static final String GEN_AI = "gen_ai.";
    private static final JsonFactory JSON = new JsonFactory();

    /** Fields of Protobuf messages, all of them with a length. */
    private static final int PART = field(2);

    private static final int RESOURCE_LOGS = field(1);
    private static final int ATTRIBUTE = field(6);
    private static final int RECORD_EVENT_NAME = field(12);
    private static final int KEY = field(1);
    private static final int VALUE = field(2);
    private static final int STRING_VALUE = field(1);

    private int aboutAModel;
    private int others;

    private LogRecords() {}

    private static int field(int number) {
        return number << 3 | WireWriter.LENGTH_DELIMITED;
    }

    /**
     * Counts all records of a body.
     *
     * @throws MalformedEnvelope when one cannot be told from the next
     */
    public static void ignore(OtlpEncoding encoding, byte[] body, int length, RequestSpans into)
            throws MalformedEnvelope {
        LogRecords records = new LogRecords();
        if (encoding == OtlpEncoding.PROTOBUF) {
            records.protobuf(body, length);
        } else {
            records.json(body, length);
        }
        into.ignore(NOT_JOINED, records.aboutAModel);
        into.ignore(NOT_A_SPAN, records.others);
    }

    private void count(boolean isAboutAModel) {
        if (isAboutAModel) {
            aboutAModel++;
        } else {
            others++;
        }
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
    private void walk(WireReader reader, int wanted, int depth) throws MalformedSpan {
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != wanted) {
                reader.skip(tag);
                continue;
            }
            int length = reader.length();
            if (depth == 2) {
                count(isAboutAModel(reader.array(), reader.position(), length));
                reader.skipBytes(length);
            } else {
                int outer = reader.enter(length);
                walk(reader, PART, depth + 1);
                reader.leave(outer);
            }
        }
    }

    /** A record that cannot be read is about nothing that is known. */
    private static boolean isAboutAModel(byte[] bytes, int from, int length) {
        WireReader record = new WireReader();
        record.reset(bytes, from, from + length);
        try {
            for (int tag = record.tag(); tag != 0; tag = record.tag()) {
                if (tag == RECORD_EVENT_NAME && text(record).startsWith(GEN_AI)
                        || tag == ATTRIBUTE && isEventOfAModel(record)) {
                    return true;
                }
                if (tag != RECORD_EVENT_NAME && tag != ATTRIBUTE) {
                    record.skip(tag);
                }
            }
        } catch (MalformedSpan broken) {
            return false;
        }
        return false;
    }

    private static boolean isEventOfAModel(WireReader record) throws MalformedSpan {
        String key = "";
        String value = "";
        int outer = record.enter(record.length());
        for (int tag = record.tag(); tag != 0; tag = record.tag()) {
            if (tag == KEY) {
                key = text(record);
            } else if (tag == VALUE) {
                value = stringValue(record);
            } else {
                record.skip(tag);
            }
        }
        record.leave(outer);
        return key.equals(EVENT_NAME) && value.startsWith(GEN_AI);
    }

    private static String stringValue(WireReader attribute) throws MalformedSpan {
        String value = "";
        int outer = attribute.enter(attribute.length());
        for (int tag = attribute.tag(); tag != 0; tag = attribute.tag()) {
            if (tag == STRING_VALUE) {
                value = text(attribute);
            } else {
                attribute.skip(tag);
            }
        }
        attribute.leave(outer);
        return value;
    }

    /** As much of the text as is needed to know it by its beginning. */
    private static String text(WireReader reader) throws MalformedSpan {
        int length = reader.length();
        int most = Math.min(length, 2 * EVENT_NAME.length());
        String text = new String(reader.array(), reader.position(), most, StandardCharsets.UTF_8);
        reader.skipBytes(length);
        return text;
    }

    private void json(byte[] body, int length) throws MalformedEnvelope {
        try (JsonParser parser = JSON.createParser(body, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is not a JSON object");
            }
            members(parser, 0);
            if (parser.nextToken() != null) {
                throw new MalformedEnvelope("the body is more than a JSON object");
            }
        } catch (IOException broken) {
            throw new MalformedEnvelope("the body is not JSON");
        }
    }

    /** Goes through the object that has just begun, down to the records. */
    private void members(JsonParser parser, int depth) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean onPath = isOnPath(parser.currentName(), depth);
            if (parser.nextToken() == JsonToken.START_ARRAY && onPath) {
                elements(parser, depth);
            } else {
                parser.skipChildren();
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

    private void elements(JsonParser parser, int depth) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
            } else if (depth == 2) {
                count(isAboutAModel(parser));
            } else {
                members(parser, depth + 1);
            }
        }
    }

    private static boolean isAboutAModel(JsonParser parser) throws IOException {
        boolean found = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            JsonToken value = parser.nextToken();
            if (member.equals("eventName") || member.equals("event_name")) {
                found |= textOf(parser).startsWith(GEN_AI);
            } else if (member.equals("attributes") && value == JsonToken.START_ARRAY) {
                found |= hasEventOfAModel(parser);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static boolean hasEventOfAModel(JsonParser parser) throws IOException {
        boolean found = false;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                found |= isEventOfAModel(parser);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static boolean isEventOfAModel(JsonParser parser) throws IOException {
        String key = "";
        String value = "";
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            JsonToken token = parser.nextToken();
            if (member.equals("key")) {
                key = textOf(parser);
            } else if (member.equals("value") && token == JsonToken.START_OBJECT) {
                value = stringValue(parser);
            } else {
                parser.skipChildren();
            }
        }
        return key.equals(EVENT_NAME) && value.startsWith(GEN_AI);
    }

    private static String stringValue(JsonParser parser) throws IOException {
        String value = "";
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String member = parser.currentName();
            parser.nextToken();
            if (member.equals("stringValue") || member.equals("string_value")) {
                value = textOf(parser);
            } else {
                parser.skipChildren();
            }
        }
        return value;
    }

    /** The text of the value just read; empty when it is none, which is then passed over. */
    private static String textOf(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }
}
