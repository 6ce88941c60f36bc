package io.millrace.bench.feed;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A state of an anomaly as it lies in the log.
 *
 * @param entity as the feed names it
 * @param revision as the feed has it
 * @param appended when the job gave it to its producer, in microseconds since the epoch: whole milliseconds
 */
record AnomalyRecord(String entity, String revision, long appended) {
    private static final int ID = 2;
    private static final int EPOCH = 3;
    private static final int N = 4;
    private static final int UUID_BYTES = 16;

    /**
     * Reads the fields that it needs, in the protobuf wire format.
     *
     * @param millis the record's time
     * @throws IOException when it is no anomaly
     */
    static AnomalyRecord of(byte[] value, long millis) throws IOException {
        UUID id = new UUID(0, 0);
        long epoch = 0;
        long n = 0;
        try {
            for (ByteBuffer in = ByteBuffer.wrap(value); in.hasRemaining(); ) {
                int tag = (int) varint(in);
                int field = tag >>> 3;
                switch (tag & 7) {
                    case 0 -> {
                        long number = varint(in);
                        epoch = field == EPOCH ? number : epoch;
                        n = field == N ? number : n;
                    }
                    case 1 -> in.getLong();
                    case 2 -> {
                        byte[] bytes = new byte[Math.min((int) varint(in), in.remaining() + 1)];
                        in.get(bytes);
                        id = field == ID && bytes.length == UUID_BYTES ? uuid(bytes) : id;
                    }
                    case 5 -> in.getInt();
                    default -> throw new IOException("a record of anomalies has the tag " + tag);
                }
            }
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new IOException("a record of anomalies ends too soon", e);
        }
        return new AnomalyRecord(id.toString(), "0." + epoch + "." + n, 1_000 * millis);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
