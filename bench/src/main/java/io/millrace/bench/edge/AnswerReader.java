package io.millrace.bench.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts together the answers that arrive on one HTTP/1.1 connection, which has one request under way at a time. */
final class AnswerReader {
    private static final int LONGEST = 64 * 1024;

    private byte[] bytes = new byte[1024];
    private int size;

    /**
     * Takes what has arrived.
     *
     * @return the answer when it is whole, else null
     * @throws IOException when it is none that can be read
     */
    @Nullable
    HttpAnswer take(ByteBuffer arrived) throws IOException {
        int count = arrived.remaining();
        if (size + count > LONGEST) {
            throw new IOException("the answer is longer than " + LONGEST + " bytes");
        }
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
        }
        arrived.get(bytes, size, count);
        size += count;
        int headEnd = endOfHead();
        if (headEnd < 0) {
            return null;
        }
        String head = new String(bytes, 0, headEnd, StandardCharsets.US_ASCII);
        int end = headEnd + contentLength(head);
        if (size < end) {
            return null;
        }
        if (size > end) {
            throw new IOException("more than one answer to one request");
        }
        size = 0;
        return HttpAnswer.of(head, Arrays.copyOfRange(bytes, headEnd, end));
    }

    private int endOfHead() {
        for (int i = 3; i < size; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int contentLength(String head) throws IOException {
        String key = "\r\ncontent-length:";
        int at = head.toLowerCase(Locale.ROOT).indexOf(key);
        if (at < 0) {
            if (head.startsWith("204", 9)) {
                return 0;
            }
            throw new IOException("an answer without its length");
        }
        int from = at + key.length();
        return Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
    }
}
