package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code usage}, the first form of usage, turned into the later two: counts by free names, and costs by free names. */
final class FirstUsage {
    private final StringBuilder counts = new StringBuilder();
    private final StringBuilder costs = new StringBuilder();
    private boolean tokens = true;

    private FirstUsage() {}

    /** Reads the object that begins at the cursor. */
    static FirstUsage read(JsonCursor at) throws IOException {
        FirstUsage usage = new FirstUsage();
        JsonParser parser = at.parser();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            usage.member(name, at);
        }
        return usage;
    }

    private void member(String name, JsonCursor at) throws IOException {
        switch (name) {
            case "unit" -> unit(at.parser());
            case "promptTokens" -> add(counts, "input", at);
            case "completionTokens" -> add(counts, "output", at);
            case "totalTokens" -> add(counts, "total", at);
            case "inputCost" -> add(costs, "input", at);
            case "outputCost" -> add(costs, "output", at);
            case "totalCost" -> add(costs, "total", at);
            default -> add(counts, name, at);
        }
    }

    private void unit(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            tokens = parser.getText().strip().equalsIgnoreCase("tokens");
        } else {
            parser.skipChildren();
        }
    }

    private static void add(StringBuilder to, String name, JsonCursor at) throws IOException {
        String value = json(at);
        if (!value.isEmpty()) {
            to.append(to.isEmpty() ? '{' : ',');
            quote(to, name);
            to.append(':').append(value);
        }
    }

    private static String json(JsonCursor at) throws IOException {
        JsonParser parser = at.parser();
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getText();
            case VALUE_STRING -> {
                StringBuilder quoted = new StringBuilder();
                quote(quoted, parser.getText());
                yield quoted.toString();
            }
            case START_OBJECT, START_ARRAY -> {
                int from = at.from();
                parser.skipChildren();
                yield new String(at.bytes(), from, at.end() - from, StandardCharsets.UTF_8);
            }
            default -> "";
        };
    }

    private static void quote(StringBuilder to, String text) {
        to.append('"')
                .append(JsonStringEncoder.getInstance().quoteAsString(text))
                .append('"');
    }

    /** Whether the counts are of tokens, which is what they are unless they say otherwise. */
    boolean countsTokens() {
        return tokens;
    }

    /** An object of counts; empty when there are none. */
    String counts() {
        return counts.isEmpty() ? "" : counts + "}";
    }

    /** An object of US dollars; empty when there are none. */
    String costs() {
        return costs.isEmpty() ? "" : costs + "}";
    }
}
