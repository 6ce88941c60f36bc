package io.millrace.ingest.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What is in a gzip body (RFC 1952), of all its members. That of the JDK calls itself once for each member that is empty, and
 * twenty bytes are one: a short body of them overflows the stack. As there, what follows a member and does not begin as one
 * is ignored.
 */
final class GzipStream extends InputStream {
    /** So much is unpacked at once: the collector waits while the array is read by native code. */
    private static final int CHUNK = 16 * 1024;

    private static final int HEAD = 10;
    private static final int TRAILER = 8;
    private static final int HAS_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    private final byte[] packed;
    private final int length;
    private final Inflater inflater;
    private final CRC32 checksum = new CRC32();
    /** Up to where the inflater has been given what is packed. */
    private int given;

    private boolean ended;

    /**
     * @param length how many bytes of {@code packed} count
     * @throws IOException when they do not begin as gzip
     */
    GzipStream(byte[] packed, int length) throws IOException {
        this.packed = packed;
        this.length = length;
        this.given = afterHead(0);
        this.inflater = new Inflater(true);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        while (!ended) {
            int read = inflate(into, offset, most);
            if (read > 0) {
                checksum.update(into, offset, read);
                return read;
            }
            endMember();
        }
        return -1;
    }

    /** Nothing only at the end of the member. */
    private int inflate(byte[] into, int offset, int most) throws IOException {
        try {
            int read = inflater.inflate(into, offset, most);
            while (read == 0 && !inflater.finished()) {
                give();
                read = inflater.inflate(into, offset, most);
            }
            return read;
        } catch (DataFormatException broken) {
            throw new ZipException(broken.getMessage());
        }
    }

    private void give() throws IOException {
        if (!inflater.needsInput()) {
            throw new ZipException("a dictionary is asked for");
        }
        if (given == length) {
            throw new EOFException("cut off");
        }
        int more = Math.min(CHUNK, length - given);
        inflater.setInput(packed, given, more);
        given += more;
    }

    private void endMember() throws IOException {
        int at = given - inflater.getRemaining();
        if (number(at, 4) != checksum.getValue() || number(at + 4, 4) != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("the checksum is another");
        }
        at += TRAILER;
        if (isMember(at)) {
            given = afterHead(at);
            inflater.reset();
            checksum.reset();
        } else {
            ended = true;
        }
    }

    private boolean isMember(int at) {
        return length - at >= 2 && packed[at] == 0x1f && packed[at + 1] == (byte) 0x8b;
    }

    /** Where the packed bytes of the member begin whose head begins at {@code from}. */
    private int afterHead(int from) throws IOException {
        if (!isMember(from) || number(from + 2, 1) != 8) {
            throw new ZipException("no gzip");
        }
        int flags = (int) number(from + 3, 1);
        int at = from + HEAD;
        if ((flags & HAS_EXTRA) != 0) {
            at += 2 + (int) number(at, 2);
        }
        if ((flags & HAS_NAME) != 0) {
            at = afterText(at);
        }
        if ((flags & HAS_COMMENT) != 0) {
            at = afterText(at);
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            CRC32 ofHead = new CRC32();
            int stated = (int) number(at, 2);
            ofHead.update(packed, from, at - from);
            if (stated != (ofHead.getValue() & 0xffff)) {
                throw new ZipException("the head's checksum is another");
            }
            at += 2;
        }
        if (at > length) {
            throw new EOFException("cut off");
        }
        return at;
    }

    private int afterText(int from) throws IOException {
        int at = from;
        while (number(at, 1) != 0) {
            at++;
        }
        return at + 1;
    }

    /** The least significant byte is first. */
    private long number(int at, int bytes) throws IOException {
        if (length - at < bytes) {
            throw new EOFException("cut off");
        }
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            number = number << 8 | packed[at + i] & 0xff;
        }
        return number;
    }

    /** May be called twice. */
    @Override
    public void close() {
        inflater.end();
    }
}
