package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the bodies that are JSON: one run, an update of one, a batch of both, or a feedback. */
public final class RunJson {
    private static final int MOST_ECHO_BYTES = 64 * 1024;
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private RunJson() {}

    /** What one body holds. */
    private interface Content {
        void read(RunMessages messages, JsonParser parser, JsonBody body) throws IOException;
    }

    /** {@code POST /runs} */
    public static RequestSpans run(byte[] bytes, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        return decode(
                bytes,
                offset,
                length,
                context,
                (messages, parser, body) -> messages.run(RunOperation.POST, null, parser, body));
    }

    /** {@code PATCH /runs/{id}} */
    public static RequestSpans update(String id, byte[] bytes, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        return decode(
                bytes,
                offset,
                length,
                context,
                (messages, parser, body) -> messages.run(RunOperation.PATCH, id, parser, body));
    }

    /** {@code POST /runs/batch} */
    public static RequestSpans batch(byte[] bytes, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        return decode(bytes, offset, length, context, RunJson::batch);
    }

    /** {@code POST /feedback}, which is answered by the feedback itself; by an empty object if that is a long one. */
    public static RequestSpans feedback(byte[] bytes, int offset, int length, RequestContext context)
            throws MalformedEnvelope {
        RequestSpans items = decode(bytes, offset, length, context, RunMessages::feedback);
        items.receipt(length > MOST_ECHO_BYTES ? EMPTY_OBJECT : Arrays.copyOfRange(bytes, offset, offset + length));
        return items;
    }

    private static RequestSpans decode(byte[] bytes, int offset, int length, RequestContext context, Content content)
            throws MalformedEnvelope {
        return JsonBody.read(bytes, offset, length, body -> decode(body, new RunMessages(context, length), content));
    }

    private static RequestSpans decode(JsonBody body, RunMessages messages, Content content) throws MalformedEnvelope {
        try (JsonParser parser = body.parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is no JSON object");
            }
            content.read(messages, parser, body);
            if (parser.nextToken() != null) {
                throw new MalformedEnvelope("the body goes on behind its JSON object");
            }
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
        return messages.spans();
    }

    private static void batch(RunMessages messages, JsonParser parser, JsonBody body) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            RunOperation operation = operation(parser.currentName());
            JsonToken value = parser.nextToken();
            if (operation == null || value != JsonToken.START_ARRAY) {
                if (operation != null && value != JsonToken.VALUE_NULL) {
                    messages.refuse("post and patch are arrays of runs");
                }
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                messages.run(operation, null, parser, body);
            }
        }
    }

    private static @Nullable RunOperation operation(String name) {
        return switch (name) {
            case "post" -> RunOperation.POST;
            case "patch" -> RunOperation.PATCH;
            default -> null;
        };
    }
}
