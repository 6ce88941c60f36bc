package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The same JSON with the members of all its objects in another order. */
final class ShuffledJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ShuffledJson() {}

    static String of(String json, Random random) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            return value(parser, random);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static String value(JsonParser parser, Random random) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, random);
            case START_ARRAY -> array(parser, random);
            case VALUE_STRING -> quoted(parser.getText());
            default -> parser.getText();
        };
    }

    private static String object(JsonParser parser, Random random) throws IOException {
        List<String> members = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = quoted(parser.currentName());
            parser.nextToken();
            members.add(name + ":" + value(parser, random));
        }
        Collections.shuffle(members, random);
        return "{" + String.join(",", members) + "}";
    }

    private static String array(JsonParser parser, Random random) throws IOException {
        List<String> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser, random));
        }
        return "[" + String.join(",", elements) + "]";
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
