package io.millrace.bench.clients;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Takes apart what went one way over an HTTP/1.1 connection. What does not come to its end is left out. */
final class HttpMessages {
    private static final String LENGTH = "content-length";
    private static final int HEX = 16;

    private final byte[] bytes;
    private int at;

    /**
     * A request or an answer.
     *
     * @param headers by name in lower case; of several of one name the last
     * @param body without the marks of its chunks
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(String firstLine, Map<String, String> headers, byte[] body) {
        /** The n-th word of the first line, from 0. */
        String word(int n) {
            String[] words = firstLine.split(" ");
            return n < words.length ? words[n] : "";
        }

        /** Of an answer; 0 if there is none. */
        int status() {
            String status = word(1);
            return status.matches("\\d{3}") ? Integer.parseInt(status) : 0;
        }
    }

    private HttpMessages(byte[] bytes) {
        this.bytes = bytes;
    }

    static List<Message> requests(byte[] bytes) {
        return new HttpMessages(bytes).all(false);
    }

    /** Answers, without those that announce another. */
    static List<Message> answers(byte[] bytes) {
        return new HttpMessages(bytes)
                .all(true).stream().filter(answer -> answer.status() >= 200).toList();
    }

    private List<Message> all(boolean answers) {
        List<Message> messages = new ArrayList<>();
        for (Message message = next(answers); message != null; message = next(answers)) {
            messages.add(message);
        }
        return messages;
    }

    private @Nullable Message next(boolean answer) {
        String firstLine = line();
        if (firstLine == null || firstLine.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); line == null || !line.isEmpty(); line = line()) {
            if (line == null) {
                return null;
            }
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        Message head = new Message(firstLine, headers, new byte[0]);
        boolean bare = answer && (head.status() < 200 || head.status() == 204 || head.status() == 304);
        byte[] body = bare ? head.body : body(headers);
        return body == null ? null : new Message(firstLine, headers, body);
    }

    private byte @Nullable [] body(Map<String, String> headers) {
        if (headers.getOrDefault("transfer-encoding", "").endsWith("chunked")) {
            return chunks();
        }
        return take(Integer.parseInt(headers.getOrDefault(LENGTH, "0")));
    }

    private byte @Nullable [] chunks() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String size = line(); size != null; size = line()) {
            int length = Integer.parseInt(size.split(";")[0].strip(), HEX);
            byte[] chunk = take(length);
            if (chunk == null || line() == null) {
                return null;
            }
            if (length == 0) {
                return body.toByteArray();
            }
            body.writeBytes(chunk);
        }
        return null;
    }

    private byte @Nullable [] take(int length) {
        if (length > bytes.length - at) {
            return null;
        }
        byte[] taken = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return taken;
    }

    private @Nullable String line() {
        for (int end = at; end + 1 < bytes.length; end++) {
            if (bytes[end] == '\r' && bytes[end + 1] == '\n') {
                String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
                at = end + 2;
                return line;
            }
        }
        return null;
    }
}
