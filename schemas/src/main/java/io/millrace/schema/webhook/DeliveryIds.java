package io.millrace.schema.webhook;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The ids of the spans that a delivery makes. They follow from the delivery alone, so that the same one, whenever and wherever
 * it comes again, has spans that are stored already.
 */
public final class DeliveryIds {
    private static final byte TRACE = 't';
    private static final byte SPAN = 's';
    private static final int SPAN_ID_BYTES = 8;

    private final byte[] prefix;

    /**
     * @param source the id of the source
     * @param delivery the id that the sender gives the delivery, the same at each attempt
     */
    public DeliveryIds(String source, String delivery) {
        byte[] sourceBytes = source.getBytes(StandardCharsets.UTF_8);
        byte[] deliveryBytes = delivery.getBytes(StandardCharsets.UTF_8);
        prefix = ByteBuffer.allocate(Integer.BYTES + sourceBytes.length + deliveryBytes.length)
                .putInt(sourceBytes.length)
                .put(sourceBytes)
                .put(deliveryBytes)
                .array();
    }

    /** Of all spans of the delivery. */
    public TraceId trace() {
        return TraceId.of(digest(TRACE, 0), 0);
    }

    /** Of the span at this place in the delivery, from 0 on. */
    public SpanId span(int index) {
        return SpanId.of(digest(SPAN, index), 0, SPAN_ID_BYTES);
    }

    private byte[] digest(byte what, int index) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(what);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, index));
            return digest.digest(prefix);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
