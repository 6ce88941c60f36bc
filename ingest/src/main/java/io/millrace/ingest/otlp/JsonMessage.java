package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * A message of a conversation that was sent as the text of a JSON object.
 *
 * @param role whose it is; empty where it does not say so
 * @param others its other members, as JSON without the braces
 */
record JsonMessage(String role, String others) {
    private static final String ROLE = "role";

    /** Names come from senders without end, so none is kept. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /** Reads a text; null when it is no JSON object. */
    static @Nullable JsonMessage of(String text) {
        StringWriter others = new StringWriter();
        String role = "";
        try (JsonParser parser = FACTORY.createParser(text);
                JsonGenerator copy = FACTORY.createGenerator(others)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            copy.writeStartObject();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING && name.equals(ROLE)) {
                    role = parser.getText();
                } else {
                    copy.writeFieldName(name);
                    copyValue(parser, copy);
                }
            }
            copy.writeEndObject();
            if (parser.nextToken() != null) {
                return null;
            }
        } catch (IOException notJson) {
            return null;
        }
        String object = others.toString();
        return new JsonMessage(role, object.substring(1, object.length() - 1));
    }

    /** Copies the value at which the parser stands, up to its end; a number as it is written, which a double need not hold. */
    private static void copyValue(JsonParser parser, JsonGenerator copy) throws IOException {
        int open = 0;
        while (true) {
            JsonToken token = parser.currentToken();
            if (token.isNumeric()) {
                copy.writeNumber(parser.getText());
            } else {
                copy.copyCurrentEvent(parser);
            }
            open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (open == 0) {
                return;
            }
            parser.nextToken();
        }
    }

    static boolean isArray(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /** What a text is as a message. */
    enum Names {
        /** It is no JSON object. */
        NONE,
        WITH_ROLE,
        WITHOUT_ROLE
    }

    /** What a text is that is not empty, and does not begin with a blank. */
    static Names names(String text) {
        if (text.charAt(0) != '{') {
            return Names.NONE;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            Names names = Names.WITHOUT_ROLE;
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                names = ROLE.equals(parser.currentName()) ? Names.WITH_ROLE : names;
                parser.nextToken();
                parser.skipChildren();
            }
            return parser.nextToken() == null ? names : Names.NONE;
        } catch (IOException notJson) {
            return Names.NONE;
        }
    }
}
