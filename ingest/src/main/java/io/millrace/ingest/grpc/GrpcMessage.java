package io.millrace.ingest.grpc;

import io.millrace.ingest.http.Budget;
import io.millrace.ingest.http.Encoding;
import io.millrace.ingest.http.Failure;
import io.millrace.ingest.http.HeldBytes;
import io.millrace.ingest.http.Intake;
import io.millrace.ingest.http.Packed;
import io.millrace.ingest.http.Refused;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The one message of a unary call. Its frame is a byte that says whether the message is packed, and its length in four;
 * chunks may end anywhere in it.
 */
final class GrpcMessage implements Intake {
    static final int PREFIX = 5;

    private final HeldBytes message;
    private final int limit;
    private final @Nullable String encodingName;
    private final Buffer prefix = Buffer.buffer(PREFIX);
    private Encoding encoding = Encoding.IDENTITY;
    private long length;

    /**
     * @param limit the most bytes that the message may have, packed as it is
     * @param encodingName the header {@code grpc-encoding}; null when there is none
     */
    GrpcMessage(Budget budget, int limit, @Nullable String encodingName) {
        this.message = new HeldBytes(budget, limit);
        this.limit = limit;
        this.encodingName = encodingName;
    }

    @Override
    public void append(Buffer chunk) throws Refused {
        int ofPrefix = Math.min(PREFIX - prefix.length(), chunk.length());
        if (ofPrefix > 0) {
            prefix.appendBuffer(chunk, 0, ofPrefix);
            if (prefix.length() == PREFIX) {
                begin();
            }
        }
        int more = chunk.length() - ofPrefix;
        if (more > 0) {
            if (message.length() + (long) more > length) {
                throw Failure.MALFORMED_BODY.because("there are bytes after the message");
            }
            message.append(chunk.slice(ofPrefix, chunk.length()));
        }
    }

    /** What is announced is refused at once if it is too long, but no memory is taken for it before it comes. */
    private void begin() throws Refused {
        length = prefix.getUnsignedInt(1);
        if (length > limit) {
            throw Failure.TOO_LARGE.because("at most " + limit + " bytes");
        }
        switch (prefix.getByte(0)) {
            case 0 -> encoding = Encoding.IDENTITY;
            case 1 -> encoding = packed();
            default -> throw Failure.MALFORMED_BODY.because("the body is no gRPC message");
        }
    }

    private Encoding packed() throws Refused {
        Encoding named = Encoding.of(encodingName);
        if (named == Encoding.IDENTITY) {
            throw Failure.MALFORMED_BODY.because("the message is packed, and grpc-encoding does not say how");
        }
        return named;
    }

    @Override
    public Packed whole() throws Refused {
        if (prefix.length() < PREFIX || message.length() < length) {
            throw Failure.MALFORMED_BODY.because("the message is cut off");
        }
        return new Packed(message, encoding);
    }

    @Override
    public void close() {
        message.close();
    }
}
