package io.millrace.ingest.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Bytes that grow up to a limit and are paid for out of the {@link Budget} before they are allocated. Used by one thread
 * at a time.
 */
public final class HeldBytes implements AutoCloseable {
    /** What even one byte is held in. */
    static final int SMALLEST = 8 * 1024;

    private static final byte[] NONE = {};
    /** What is announced is believed once this part of it is here: until then an announcement costs nobody memory. */
    private static final int BELIEVED_PART = 4;

    private final Budget budget;
    private final int limit;
    private byte[] bytes = NONE;
    private int length;
    private long announced;

    /** @param limit the most bytes this may hold; more is refused as too large */
    public HeldBytes(Budget budget, int limit) {
        this.budget = budget;
        this.limit = limit;
    }

    /** The sender says how many bytes will come in all; a hint that spares copying. */
    void announce(long all) {
        announced = all;
    }

    /** Makes room for {@code expected} bytes in all; a hint that spares copying. */
    void expect(long expected) throws Refused {
        if (expected > bytes.length) {
            resize((int) Math.min(expected, limit));
        }
    }

    public void append(Buffer chunk) throws Refused {
        room(chunk.length());
        chunk.getBytes(bytes, length);
        length += chunk.length();
    }

    /**
     * Reads until the stream ends or this holds {@code upTo} bytes.
     *
     * @return whether the stream has ended
     */
    boolean readFrom(InputStream in, int upTo) throws IOException, Refused {
        while (length < upTo) {
            if (length == bytes.length && !roomForOneMore(in)) {
                return true;
            }
            int read = in.read(bytes, length, Math.min(bytes.length, upTo) - length);
            if (read < 0) {
                return true;
            }
            length += read;
        }
        return false;
    }

    /** Grows only if there is a byte to grow for, so that an exact hint is never overshot. */
    private boolean roomForOneMore(InputStream in) throws IOException, Refused {
        int next = in.read();
        if (next < 0) {
            return false;
        }
        room(1);
        bytes[length++] = (byte) next;
        return true;
    }

    private void room(int more) throws Refused {
        long needed = (long) length + more;
        if (needed > limit) {
            throw Failure.TOO_LARGE.because("at most " + limit + " bytes");
        }
        if (needed <= bytes.length) {
            return;
        }
        if (announced >= needed && announced <= Math.min(limit, BELIEVED_PART * needed)) {
            resize((int) announced);
        } else {
            long grown = Math.max(needed, Math.max(SMALLEST, bytes.length + bytes.length / 2L));
            // From half of the limit on all of it at once: the old and the new array are one and a half of it at most.
            resize(grown > limit / 2 ? limit : (int) grown);
        }
    }

    private void resize(int capacity) throws Refused {
        budget.reserve(capacity);
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, capacity);
        budget.release(before);
    }

    /** The array itself; only the first {@link #length()} bytes count. */
    public byte[] array() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Gives the memory back. May be called twice. */
    @Override
    public void close() {
        budget.release(bytes.length);
        bytes = NONE;
        length = 0;
    }
}
