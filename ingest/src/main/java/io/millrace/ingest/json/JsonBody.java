package io.millrace.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a JSON body. Bytes that are no UTF-8 are replaced by U+FFFD before they are parsed, since a parser would
 * refuse the whole body for one of them. Where it refuses a name with half a surrogate pair, which JavaScript writes of a
 * text that was cut within a character, the body is read {@linkplain #read once more} without the halves.
 */
public final class JsonBody {
    private static final int MAX_TEXT_CHARS = 64 << 20;
    static final int MAX_NESTING = 10_000;

    /**
     * Names come from senders without end, so they are not interned; and since a factory keeps the names that its parsers met,
     * each request has a copy.
     */
    private static final JsonFactory SETTINGS = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Else a parser that finds UTF-16 reads it, but cannot say where in the bytes it is.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_TEXT_CHARS)
                    .maxNameLength(MAX_TEXT_CHARS)
                    // What is read of a long number is its text, or a double, which takes no more than linear time.
                    .maxNumberLength(MAX_TEXT_CHARS)
                    .maxNestingDepth(MAX_NESTING)
                    .build())
            .build();

    private final JsonFactory factory;
    private final byte[] bytes;
    private final int from;
    private final int end;
    private final boolean repaired;
    private final boolean mended;

    /** What becomes of a body: all of it anew each time, since a body that fails may be read again. */
    public interface Reading<T> {
        T of(JsonBody body) throws MalformedEnvelope;
    }

    public JsonBody(byte[] body, int offset, int length) {
        this(body, offset, length, factory());
    }

    /** @param names what {@link #factory} made for several bodies of a request */
    public JsonBody(byte[] body, int offset, int length, JsonFactory names) {
        factory = names;
        mended = false;
        repaired = !Utf8.isValid(body, offset, offset + length);
        bytes = repaired
                ? new String(body, offset, length, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)
                : body;
        int first = repaired ? 0 : offset;
        end = repaired ? bytes.length : offset + length;
        from = first + JsonReader.byteOrderMark(bytes, first, end);
    }

    private JsonBody(JsonBody broken, byte[] mendedBytes) {
        factory = broken.factory;
        bytes = mendedBytes;
        from = 0;
        end = mendedBytes.length;
        repaired = true;
        mended = true;
    }

    /** Keeps the names that are met in several bodies; for each new one a parser copies all of them. */
    public static JsonFactory factory() {
        return SETTINGS.copy();
    }

    /**
     * Reads a body; and, if it cannot be read and has halves of surrogate pairs, once more without them.
     *
     * @throws MalformedEnvelope as the last reading does
     */
    public static <T> T read(byte[] body, int offset, int length, Reading<T> reading) throws MalformedEnvelope {
        JsonBody sent = new JsonBody(body, offset, length);
        try {
            return reading.of(sent);
        } catch (MalformedEnvelope broken) {
            JsonBody mended = sent.mended();
            if (mended == null) {
                throw broken;
            }
            return reading.of(mended);
        }
    }

    /** This body with U+FFFD in place of each half of a surrogate pair; null: there are none. */
    public @Nullable JsonBody mended() {
        byte[] whole = HalfPairs.replaced(bytes, from, end);
        return whole == null ? null : new JsonBody(this, whole);
    }

    /** Whether some bytes were replaced. */
    public boolean repaired() {
        return repaired;
    }

    /** Whether U+FFFD is in {@code bytes()[start, stop)}, written as it is where something was replaced. */
    public boolean holdsReplacement(int start, int stop) {
        for (int i = start; i < stop - 2; i++) {
            if (bytes[i] == (byte) 0xEF && bytes[i + 1] == (byte) 0xBF && bytes[i + 2] == (byte) 0xBD) {
                return true;
            }
        }
        return mended && HalfPairs.wereReplaced(bytes, start, stop);
    }

    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int end() {
        return end;
    }

    /** A reader of the whole body. */
    public JsonReader reader() {
        return new JsonReader(bytes, from, end);
    }

    /** A parser over the whole body. */
    public JsonParser parser() throws MalformedEnvelope {
        return parser(from, end);
    }

    /** A parser over {@code bytes()[start, stop)}. */
    public JsonParser parser(int start, int stop) throws MalformedEnvelope {
        try {
            return factory.createParser(bytes, start, stop - start);
        } catch (IOException broken) {
            throw malformed(broken);
        }
    }

    /** What to tell the sender of a body that is no JSON: where, but not what stands there. */
    public static MalformedEnvelope malformed(IOException broken) {
        if (broken instanceof JsonProcessingException syntax && syntax.getLocation() != null) {
            return new MalformedEnvelope("the body is no JSON: line "
                    + syntax.getLocation().getLineNr() + ", column "
                    + syntax.getLocation().getColumnNr());
        }
        return new MalformedEnvelope("the body is no JSON");
    }
}
