package io.millrace.ingest.http;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * A packed body being unpacked, in steps, so that a small one is done at once and a large one goes on elsewhere. It never
 * holds more than the limit: what would be longer is refused when the limit is reached.
 */
final class Unpacking implements AutoCloseable {
    /** Traces shrink five- to tenfold; what claims more has to prove it byte by byte before memory is spent on it. */
    private static final long BELIEVED_RATIO = 16;
    /** 8 MiB: what RFC 8878 asks every decoder to take. More would be memory nobody counted. */
    private static final int ZSTD_WINDOW_LOG = 23;

    private final HeldBytes packed;
    private final HeldBytes unpacked;
    private final InputStream in;

    private Unpacking(HeldBytes packed, HeldBytes unpacked, InputStream in) {
        this.packed = packed;
        this.unpacked = unpacked;
        this.in = in;
    }

    /**
     * Begins.
     *
     * @param unpacked takes the result; closed by its owner
     * @throws Refused when the beginning is no such format, or memory is short
     */
    static Unpacking of(Encoding encoding, HeldBytes packed, HeldBytes unpacked) throws Refused {
        try {
            unpacked.expect(expected(encoding, packed));
            return new Unpacking(packed, unpacked, open(encoding, packed.array(), packed.length()));
        } catch (IOException broken) {
            throw broken(encoding);
        }
    }

    private static InputStream open(Encoding encoding, byte[] packed, int length) throws IOException {
        if (encoding == Encoding.GZIP) {
            return new GzipStream(packed, length);
        }
        InputStream plain = new ByteArrayInputStream(packed, 0, length);
        return encoding == Encoding.ZSTD ? new ZstdInputStreamNoFinalizer(plain).setLongMax(ZSTD_WINDOW_LOG) : plain;
    }

    /** What the packed body says of its own length: only a hint. */
    private static long expected(Encoding encoding, HeldBytes packed) {
        byte[] bytes = packed.array();
        int length = packed.length();
        if (encoding == Encoding.GZIP && length > 18) {
            long said = (bytes[length - 4] & 0xffL)
                    | (bytes[length - 3] & 0xffL) << 8
                    | (bytes[length - 2] & 0xffL) << 16
                    | (bytes[length - 1] & 0xffL) << 24;
            return believed(said, length);
        }
        if (encoding == Encoding.ZSTD) {
            long said = Zstd.getFrameContentSize(bytes, 0, length);
            return said > 0 ? believed(said, length) : 0;
        }
        return 0;
    }

    /** Of what claims more than is believed, so little that it can still grow. */
    private static long believed(long said, int length) {
        long most = length * BELIEVED_RATIO;
        return said <= most ? said : most / 2;
    }

    /**
     * Goes on until {@code upTo} bytes are unpacked.
     *
     * @return whether everything is
     * @throws Refused when the body is cut off or broken, over the limit, or memory is short
     */
    boolean advance(int upTo) throws Refused {
        try {
            return unpacked.readFrom(in, upTo);
        } catch (IOException broken) {
            throw Failure.MALFORMED_BODY.because("its content encoding is broken or cut off");
        }
    }

    private static Refused broken(Encoding encoding) {
        return Failure.MALFORMED_BODY.because("it is not " + encoding.name().toLowerCase(Locale.ROOT));
    }

    /** Gives the packed bytes and the decoder back. */
    @Override
    public void close() {
        packed.close();
        try {
            in.close();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory cannot fail to close", impossible);
        }
    }
}
