package io.millrace.ingest.http;

import org.jspecify.annotations.Nullable;

/** A body that has arrived, on its way to its unpacked form. One thread at a time; closing gives all memory back. */
final class Payload implements AutoCloseable {
    private final HeldBytes plain;
    private final @Nullable Unpacking unpacking;
    private final int wireBytes;
    private boolean unpacked;

    /**
     * Takes over {@code wire}, also when this fails.
     *
     * @param limit the most bytes the unpacked body may have
     */
    Payload(HeldBytes wire, Encoding encoding, Budget budget, int limit) throws Refused {
        this.wireBytes = wire.length();
        if (encoding == Encoding.IDENTITY || wireBytes == 0) {
            this.plain = wire;
            this.unpacking = null;
            return;
        }
        HeldBytes result = new HeldBytes(budget, limit);
        try {
            this.unpacking = Unpacking.of(encoding, wire, result);
            this.plain = result;
        } catch (Refused refused) {
            wire.close();
            result.close();
            throw refused;
        }
    }

    /**
     * Unpacks as long as the result has at most {@code upTo} bytes.
     *
     * @return whether the body is complete and no longer than {@code upTo}
     */
    boolean isUnpackedWithin(int upTo) throws Refused {
        if (unpacking != null && !unpacked && unpacking.advance(upTo)) {
            unpacked = true;
            unpacking.close();
        }
        return (unpacking == null || unpacked) && plain.length() <= upTo;
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
        if (unpacking != null && !unpacked) {
            unpacking.close();
        }
        plain.close();
    }
}
