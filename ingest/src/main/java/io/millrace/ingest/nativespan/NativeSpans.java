package io.millrace.ingest.nativespan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.span.Mark;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of {@code POST /v1/spans}: a JSON array of spans, one span, or one span per line. An item that is no span is refused; a line that is no JSON is such an item.
 */
public final class NativeSpans {
    private static final String DIALECT = "native";
    /** What leads each text of {@code application/json-seq} (RFC 7464). */
    /** A factory copies all names that it knows for each line with a new one. */
    private static final int LINES_A_FACTORY = 256;

    private static final byte RECORD_SEPARATOR = 0x1E;

    private final RequestSpans spans;
    private final NativeSpan span;
    /** Whether the bytes were no UTF-8 before they came here. */
    private final boolean repaired;

    private int items;

    private NativeSpans(RequestSpans spans, long deliveredAtNanos, boolean repaired) {
        this.spans = spans;
        this.span = new NativeSpan(spans, deliveredAtNanos);
        this.repaired = repaired;
    }

    /** Whether a {@code Content-Type} says that each line is a JSON text of its own. */
    public static boolean isLines(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.toLowerCase(Locale.ROOT);
        return type.contains("ndjson") || type.contains("jsonl") || type.contains("json-seq");
    }

    /**
     * @param lines whether the body is one JSON text per line, so that a broken one spoils no other
     * @throws MalformedEnvelope when the body is no JSON
     */
    public static RequestSpans decode(byte[] body, int offset, int length, boolean lines, RequestContext context)
            throws MalformedEnvelope {
        if (!lines) {
            return JsonBody.read(
                    body, offset, length, json -> request(context, length).whole(json));
        }
        NativeSpans request = request(context, length);
        request.lines(body, offset, offset + length);
        return request.spans;
    }

    private static NativeSpans request(RequestContext context, int length) {
        return new NativeSpans(new RequestSpans(context, DIALECT, length), 0, false);
    }

    /**
     * Reads native spans that were made of another dialect's body.
     *
     * @param dialect how records call it
     * @param deliveredAtNanos the time of those that have none, nanoseconds since the epoch
     * @param repaired whether bytes were replaced since they were no UTF-8
     * @throws MalformedEnvelope when they are no JSON
     */
    public static RequestSpans decodeDelivered(
            byte[] made, String dialect, long deliveredAtNanos, boolean repaired, RequestContext context)
            throws MalformedEnvelope {
        RequestSpans spans = new RequestSpans(context, dialect, made.length);
        return new NativeSpans(spans, deliveredAtNanos, repaired).whole(new JsonBody(made, 0, made.length));
    }

    private void lines(byte[] body, int from, int end) throws MalformedEnvelope {
        JsonFactory names = JsonBody.factory();
        int named = 0;
        int start = from;
        for (int i = from; i <= end; i++) {
            if (i == end || body[i] == '\n') {
                while (start < i && body[start] == RECORD_SEPARATOR) {
                    start++;
                }
                if (!isBlank(body, start, i)) {
                    if (++named % LINES_A_FACTORY == 0) {
                        names = JsonBody.factory();
                    }
                    line(new JsonBody(body, start, i - start, names));
                }
                start = i + 1;
            }
        }
    }

    private void line(JsonBody line) throws MalformedEnvelope {
        int first = items;
        try (JsonParser parser = line.parser()) {
            while (parser.nextToken() != null) {
                item(parser, line);
            }
        } catch (IOException broken) {
            JsonBody mended = items == first ? line.mended() : null;
            if (mended != null) {
                line(mended);
            } else {
                spans.refuse(items++, null, null, RefusalReason.MALFORMED, "the line is no JSON");
            }
        }
    }

    /** Several texts after each other are taken as several spans: lines whose content type does not say so. */
    private RequestSpans whole(JsonBody body) throws MalformedEnvelope {
        try (JsonParser parser = body.parser()) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new MalformedEnvelope("the body is empty");
            }
            for (; token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_ARRAY) {
                    array(parser, body);
                } else if (token == JsonToken.START_OBJECT) {
                    item(parser, body);
                } else {
                    throw new MalformedEnvelope("the body is neither a JSON object nor an array of them");
                }
            }
            return spans;
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
    }

    private void array(JsonParser parser, JsonBody body) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            item(parser, body);
        }
    }

    private void item(JsonParser parser, JsonBody body) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            spans.refuse(items++, null, null, RefusalReason.MALFORMED, "the item is no object");
            return;
        }
        int from = body.from() + (int) parser.currentTokenLocation().getByteOffset();
        SpanDraft draft = spans.draft();
        MalformedSpan malformed = span.read(parser, body, draft);
        if ((repaired || body.repaired())
                && body.holdsReplacement(
                        from, body.from() + (int) parser.currentLocation().getByteOffset())) {
            draft.mark(Mark.BAD_UTF8);
        }
        int index = items++;
        if (malformed == null) {
            spans.accept(index, draft);
        } else {
            spans.refuse(index, draft, malformed.reason(), malformed.detail());
        }
    }

    private static boolean isBlank(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
