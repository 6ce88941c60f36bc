package io.millrace.ingest.span;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks Protobuf wire format in place: nested messages are entered and left by moving the limit, and nothing is copied.
 * Not safe for threads.
 */
public final class WireReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes = new byte[0];
    private int at;
    private int limit;

    public WireReader() {}

    /** Begins to read {@code source[from, end)}. */
    public void reset(byte[] source, int from, int end) {
        bytes = source;
        at = from;
        limit = end;
    }

    public byte[] array() {
        return bytes;
    }

    public int position() {
        return at;
    }

    /** The end of the message that is being read. */
    public int limit() {
        return limit;
    }

    /**
     * The next tag of the message, or 0 at its end.
     *
     * @throws MalformedSpan when the bytes are no tag
     */
    public int tag() throws MalformedSpan {
        if (at >= limit) {
            return 0;
        }
        int first = bytes[at];
        if (first > 7) {
            at++;
            return first;
        }
        long tag = varint();
        if (tag >>> 3 == 0 || tag >>> 32 != 0) {
            throw malformed();
        }
        return (int) tag;
    }

    public static int field(int tag) {
        return tag >>> 3;
    }

    public static int wireType(int tag) {
        return tag & 7;
    }

    public long varint() throws MalformedSpan {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= limit) {
                throw malformed();
            }
            byte next = bytes[at++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    /** Reads a length and checks that so many bytes are there; the position is then at the first of them. */
    public int length() throws MalformedSpan {
        long length = varint();
        if (length < 0 || length > limit - at) {
            throw malformed();
        }
        return (int) length;
    }

    public long fixed64() throws MalformedSpan {
        if (limit - at < 8) {
            throw malformed();
        }
        long value = (long) LONGS.get(bytes, at);
        at += 8;
        return value;
    }

    public int fixed32() throws MalformedSpan {
        if (limit - at < 4) {
            throw malformed();
        }
        int value = (int) INTS.get(bytes, at);
        at += 4;
        return value;
    }

    public void skipBytes(int length) {
        at += length;
    }

    /** Skips the value of {@code tag}. Groups, which OTLP never had, are malformed. */
    public void skip(int tag) throws MalformedSpan {
        switch (wireType(tag)) {
            case WireWriter.VARINT -> varint();
            case WireWriter.FIXED64 -> fixed64();
            case WireWriter.LENGTH_DELIMITED -> {
                int length = length();
                at += length;
            }
            case WireWriter.FIXED32 -> fixed32();
            default -> throw malformed();
        }
    }

    /** Makes the next {@code length} bytes the message being read; what is returned goes to {@link #leave}. */
    public int enter(int length) {
        int outer = limit;
        limit = at + length;
        return outer;
    }

    /** Ends the message being read, wherever in it the reader stands. */
    public void leave(int outer) {
        at = limit;
        limit = outer;
    }

    private static MalformedSpan malformed() {
        return new MalformedSpan(RefusalReason.MALFORMED, "the bytes are no Protobuf message");
    }
}
