package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a record of {@code opentelemetry/proto/logs/v1/logs.proto} says of itself: which event it is, of which span, and when.
 * Looked into in place; reused from record to record.
 */
final class LogEvent {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    static final int BODY = 5 << 3 | WireWriter.LENGTH_DELIMITED;
    static final int ATTRIBUTE = 6 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int TIME = 1 << 3 | WireWriter.FIXED64;
    private static final int TRACE_ID = 9 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int SPAN_ID = 10 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int OBSERVED_TIME = 11 << 3 | WireWriter.FIXED64;
    private static final int NAME = 12 << 3 | WireWriter.LENGTH_DELIMITED;

    /** Where the name stood before it had a field of its own. */
    private static final byte[] NAME_KEY = "event.name".getBytes(StandardCharsets.US_ASCII);

    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    byte[] bytes = new byte[0];
    int from;
    int length;
    int nameFrom;
    int nameLength;
    long traceHigh;
    long traceLow;
    long spanId;
    /** Nanoseconds since the epoch; 0 when the record has no time. */
    long timeNanos;

    final Attribute body = new Attribute();

    private boolean hasName;

    /** Looks into the record in {@code source[offset, offset + size)}. */
    void read(byte[] source, int offset, int size) throws MalformedSpan {
        bytes = source;
        from = offset;
        length = size;
        nameLength = 0;
        hasName = false;
        traceHigh = 0;
        traceLow = 0;
        spanId = 0;
        timeNanos = 0;
        body.bytes = source;
        body.type = Attribute.NONE;
        long observed = 0;
        reader.reset(source, offset, offset + size);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == OBSERVED_TIME) {
                observed = reader.fixed64();
            } else {
                field(tag);
            }
        }
        timeNanos = timeNanos == 0 ? observed : timeNanos;
    }

    private void field(int tag) throws MalformedSpan {
        switch (tag) {
            case TIME -> timeNanos = reader.fixed64();
            case TRACE_ID -> traceId(reader.length());
            case SPAN_ID -> spanId(reader.length());
            case NAME -> name(reader.length());
            case ATTRIBUTE -> {
                attribute.read(reader, reader.length());
                if (!hasName && isName(attribute)) {
                    nameFrom = attribute.valueFrom;
                    nameLength = attribute.valueLength;
                }
            }
            case BODY -> {
                int outer = reader.enter(reader.length());
                body.readValue(reader);
                reader.leave(outer);
            }
            default -> reader.skip(tag);
        }
    }

    private void name(int size) {
        if (size > 0) {
            hasName = true;
            nameFrom = reader.position();
            nameLength = size;
        }
        reader.skipBytes(size);
    }

    /** One of another length is none. */
    private void traceId(int size) {
        if (size == 2 * Long.BYTES) {
            traceHigh = (long) LONGS.get(bytes, reader.position());
            traceLow = (long) LONGS.get(bytes, reader.position() + Long.BYTES);
        }
        reader.skipBytes(size);
    }

    private void spanId(int size) {
        if (size == Long.BYTES) {
            spanId = (long) LONGS.get(bytes, reader.position());
        }
        reader.skipBytes(size);
    }

    /** Whether it is the attribute that has the event's name. */
    static boolean isName(Attribute attribute) {
        return attribute.isText()
                && attribute.keyLength == NAME_KEY.length
                && Arrays.equals(
                        NAME_KEY,
                        0,
                        NAME_KEY.length,
                        attribute.bytes,
                        attribute.keyFrom,
                        attribute.keyFrom + NAME_KEY.length);
    }

    /** Whether it says of which span it is. */
    boolean hasSpan() {
        return (traceHigh | traceLow) != 0 && spanId != 0;
    }

    /** Which event it is; null when it is none that says something of a span. */
    @Nullable
    GenAiEvent event() {
        return GenAiEvent.of(bytes, nameFrom, nameLength);
    }

    /** Whether it is about generative AI, if not an event that is known. */
    boolean isAboutAModel() {
        return GenAiEvent.isOfFamily(bytes, nameFrom, nameLength);
    }
}
