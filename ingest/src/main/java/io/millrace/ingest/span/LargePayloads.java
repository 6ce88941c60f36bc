package io.millrace.ingest.span;

/**
 * Which payloads go to the blob store, whole, and leave in the log a reference and their beginning.
 *
 * @param over an input or output of more bytes goes there
 * @param most one of more bytes is cut to this many first, and marked
 * @param kept how many bytes of its beginning stay in the span
 */
public record LargePayloads(int over, int most, int kept) {
    /** There is no blob store: payloads are attributes like others. */
    public static final LargePayloads NONE = new LargePayloads(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final int MIB = 1 << 20;

    public static final LargePayloads DEFAULT = new LargePayloads(MIB / 4, 16 * MIB, 4 * 1024);

    /** @throws IllegalArgumentException when more would be kept than is taken out */
    public LargePayloads {
        if (kept < 0 || over < kept || most < over) {
            throw new IllegalArgumentException("a payload keeps less than what it has to have");
        }
    }

    /** Whether there is a blob store. */
    public boolean areStored() {
        return over != Integer.MAX_VALUE;
    }

    /** About how long a text of {@code length} bytes is in the log. */
    int inLog(int length) {
        return length > over ? kept : length;
    }
}
