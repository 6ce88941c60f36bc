package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.schema.usage.TokenCount;
import java.io.IOException;

/** Sums by which older versions and the server's own exports tell usage. Reused from run to run. */
final class TokenTotals {
    private long input;
    private long output;
    private long total;
    private long cached;
    private long reasoning;

    TokenTotals() {
        clear();
    }

    void clear() {
        input = TokenCount.ABSENT;
        output = TokenCount.ABSENT;
        total = TokenCount.ABSENT;
        cached = TokenCount.ABSENT;
        reasoning = TokenCount.ABSENT;
    }

    /** Reads the object at which the parser stands, or whatever else there is. */
    void read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            take(name, parser);
        }
    }

    /** Takes one number, if it is one of these. */
    void take(String name, JsonParser parser) throws IOException {
        switch (name) {
            case "prompt_tokens", "promptTokens" -> input = count(parser);
            case "completion_tokens", "completionTokens" -> output = count(parser);
            case "total_tokens", "totalTokens" -> total = count(parser);
            case "prompt_tokens_details" -> cached = member("cached_tokens", parser);
            case "completion_tokens_details" -> reasoning = member("reasoning_tokens", parser);
            default -> parser.skipChildren();
        }
    }

    private static long member(String wanted, JsonParser parser) throws IOException {
        long count = TokenCount.ABSENT;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return count;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            long value = count(parser);
            count = name.equals(wanted) ? value : count;
        }
        return count;
    }

    private static long count(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> TokenCount.of(parser.getDoubleValue());
            default -> {
                parser.skipChildren();
                yield TokenCount.ABSENT;
            }
        };
    }

    void write(AttributeWriter out) {
        number(out, "gen_ai.usage.prompt_tokens", input);
        number(out, "gen_ai.usage.completion_tokens", output);
        number(out, "gen_ai.usage.total_tokens", total);
        number(out, "gen_ai.usage.cache_read.input_tokens", cached);
        number(out, "gen_ai.usage.reasoning.output_tokens", reasoning);
    }

    private static void number(AttributeWriter out, String key, long count) {
        if (count >= 0) {
            out.number(key, count);
        }
    }
}
