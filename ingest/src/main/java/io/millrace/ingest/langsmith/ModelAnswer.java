package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the outputs of a run say of the answer of a model, in the shapes of the provider's API and of LangChain. Reused
 * from run to run.
 */
final class ModelAnswer {
    private static final int LONGEST_NAME = 1024;
    private static final int MOST_REASONS = 64;

    private @Nullable String model;
    private @Nullable String id;
    private @Nullable String serviceTier;
    private @Nullable Slice usage;
    private final List<String> finishReasons = new ArrayList<>();
    private final TokenTotals totals = new TokenTotals();
    private boolean shaped;

    void clear() {
        model = null;
        id = null;
        serviceTier = null;
        usage = null;
        finishReasons.clear();
        totals.clear();
        shaped = false;
    }

    TokenTotals totals() {
        return totals;
    }

    /** Usage that stands in the metadata, where it is a copy of that in the outputs. */
    void usageOfMetadata(Slice slice) {
        if (usage == null) {
            usage = slice;
        }
    }

    /** Reads the object at which the parser stands. */
    void read(JsonParser parser, JsonBody body) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model" -> model = text(parser);
                case "id" -> id = text(parser);
                case "service_tier" -> serviceTier = text(parser);
                case "stop_reason" -> finished(parser);
                case "usage_metadata" -> usage(parser, body);
                case "choices" -> choices(parser);
                case "llm_output", "llmOutput" -> summary(parser);
                case "generations" -> generations(parser, body, true);
                default -> parser.skipChildren();
            }
        }
    }

    private void usage(JsonParser parser, JsonBody body) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            usage = Slice.of(parser, body);
            shaped = true;
        } else {
            parser.skipChildren();
        }
    }

    private void choices(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                reasons(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void reasons(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean reason = parser.currentName().equals("finish_reason");
            parser.nextToken();
            if (reason) {
                finished(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    /** LangChain's summary of a call, in the words of either language. */
    private void summary(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        shaped = true;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model_name", "model" -> model = text(parser);
                case "token_usage", "tokenUsage" -> totals.read(parser);
                default -> parser.skipChildren();
            }
        }
    }

    /** LangChain's answers: a list for each prompt, of which a run has one. */
    private void generations(JsonParser parser, JsonBody body, boolean ofPrompts) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        shaped = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                generation(parser, body);
            } else if (ofPrompts) {
                generations(parser, body, false);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void generation(JsonParser parser, JsonBody body) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            boolean object = parser.currentToken() == JsonToken.START_OBJECT;
            if (object && (name.equals("generation_info") || name.equals("generationInfo"))) {
                response(parser);
            } else if (object && name.equals("message")) {
                message(parser, body, true);
            } else {
                parser.skipChildren();
            }
        }
    }

    /**
     * What a message is made of stands in its {@code kwargs}, where the message is written as LangChain's constructor.
     */
    private void message(JsonParser parser, JsonBody body, boolean constructor) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            boolean object = parser.currentToken() == JsonToken.START_OBJECT;
            if (object && constructor && name.equals("kwargs")) {
                message(parser, body, false);
            } else if (object && name.equals("response_metadata")) {
                response(parser);
            } else if (name.equals("usage_metadata") && usage == null) {
                usage(parser, body);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void response(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model_name", "model" -> {
                    String said = text(parser);
                    model = model == null ? said : model;
                }
                case "service_tier" -> serviceTier = text(parser);
                case "finish_reason", "finishReason", "stop_reason" -> {
                    // The same reason stands in two places of one answer.
                    if (finishReasons.isEmpty()) {
                        finished(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private void finished(JsonParser parser) throws IOException {
        String reason = text(parser);
        if (reason != null && finishReasons.size() < MOST_REASONS) {
            finishReasons.add(reason);
            shaped = true;
        }
    }

    /** A text that may be a name; null when it is none. Reads the value to its end in any case. */
    static @Nullable String text(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return null;
        }
        int length = parser.getTextLength();
        return length == 0 || length > LONGEST_NAME ? null : parser.getText();
    }

    /** Whether the outputs have the shape of a model's answer. */
    boolean isOne() {
        return shaped;
    }

    /** Writes what an answer says of its usage. */
    void writeUsage(AttributeWriter out) {
        if (usage != null) {
            out.json("langsmith.usage_metadata", usage);
        } else {
            totals.write(out);
        }
    }

    /** Writes what else is known. */
    void write(AttributeWriter out) {
        text(out, "gen_ai.response.model", model);
        text(out, "gen_ai.response.id", id);
        text(out, "gen_ai.response.service_tier", serviceTier);
        if (!finishReasons.isEmpty()) {
            out.texts("gen_ai.response.finish_reasons", finishReasons);
        }
    }

    private static void text(AttributeWriter out, String key, @Nullable String text) {
        if (text != null) {
            out.text(key, text);
        }
    }
}
