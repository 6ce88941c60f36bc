package io.millrace.ingest.http;

import org.jspecify.annotations.Nullable;

/** A body that has arrived, on its way to its unpacked form. One thread at a time; closing gives all memory back. */
final class Payload implements AutoCloseable {
    private final HeldBytes wire;
    private final Encoding encoding;
    private final HeldBytes plain;
    private final int wireBytes;
    private @Nullable Unpacking unpacking;
    private boolean unpacked;

    /**
     * Takes over {@code wire}.
     *
     * @param limit the most bytes the unpacked body may have
     */
    Payload(HeldBytes wire, Encoding encoding, Budget budget, int limit) {
        this.wire = wire;
        this.encoding = encoding;
        this.wireBytes = wire.length();
        this.unpacked = encoding == Encoding.IDENTITY || wireBytes == 0;
        this.plain = unpacked ? wire : new HeldBytes(budget, limit);
    }

    /**
     * Unpacks as long as the result has at most {@code upTo} bytes. What is longer as it is packed is not even looked at: it
     * may bring next to nothing, and long heads.
     *
     * @return whether the body is complete, and neither form of it is longer than {@code upTo}
     */
    boolean isUnpackedWithin(int upTo) throws Refused {
        if (!unpacked && wireBytes <= upTo) {
            unpack(upTo);
        }
        return unpacked && plain.length() <= upTo;
    }

    private void unpack(int upTo) throws Refused {
        Unpacking begun = unpacking;
        if (begun == null) {
            begun = Unpacking.of(encoding, wire, plain);
            unpacking = begun;
        }
        if (begun.advance(upTo)) {
            unpacked = true;
            begun.close();
        }
    }

    byte[] array() {
        return plain.array();
    }

    int length() {
        return plain.length();
    }

    int wireBytes() {
        return wireBytes;
    }

    @Override
    public void close() {
        if (unpacking != null) {
            unpacking.close();
        }
        wire.close();
        plain.close();
    }
}
