package io.millrace.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * A kept-alive HTTP/1.1 connection for one request at a time. Plain blocking sockets cost the least processor time of
 * all clients here, which matters when the generator shares its cores with what it measures.
 */
final class HttpConnection implements AutoCloseable {
    private static final int LONGEST_ANSWER = 64 * 1024;

    private final Endpoint endpoint;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final byte[] answer = new byte[LONGEST_ANSWER];
    private boolean reusable = true;

    HttpConnection(Endpoint endpoint, Duration timeout) throws IOException {
        this.endpoint = endpoint;
        int millis = (int) timeout.toMillis();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            socket.connect(
                    new InetSocketAddress(
                            endpoint.url().getHost(), endpoint.url().getPort()),
                    millis);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Whether another request may follow on this connection. */
    boolean reusable() {
        return reusable;
    }

    /**
     * Sends a request whole.
     *
     * @throws IOException when the connection breaks; whether the request arrived is then unknown
     */
    void send(byte[] body, int length) throws IOException {
        byte[] head = endpoint.head(length).getBytes(StandardCharsets.US_ASCII);
        out.write(head);
        out.write(body, 0, length);
    }

    /**
     * Reads the answer to what was sent.
     *
     * @throws IOException when none comes in time or it is no HTTP; whether the request arrived is then unknown
     */
    Answer receive() throws IOException {
        int size = 0;
        int headEnd = -1;
        while (headEnd < 0) {
            size += read(size);
            headEnd = endOfHead(size);
        }
        String head = new String(answer, 0, headEnd, StandardCharsets.US_ASCII);
        int status = Integer.parseInt(head.substring(9, 12));
        int bodyEnd = headEnd + contentLength(head, status);
        while (size < bodyEnd) {
            size += read(size);
        }
        reusable = !head.toLowerCase(Locale.ROOT).contains("\r\nconnection: close");
        return new Answer(status, status == 200 ? refused(headEnd, bodyEnd) : 0);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It was of no more use anyway.
        }
    }

    private int read(int at) throws IOException {
        if (at == answer.length) {
            throw new IOException("the answer is longer than " + LONGEST_ANSWER + " bytes");
        }
        int count = in.read(answer, at, answer.length - at);
        if (count < 0) {
            throw new EOFException("the connection was closed before the answer");
        }
        return count;
    }

    private int endOfHead(int size) {
        for (int i = 3; i < size; i++) {
            if (answer[i] == '\n' && answer[i - 1] == '\r' && answer[i - 2] == '\n' && answer[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int contentLength(String head, int status) throws IOException {
        String key = "\r\ncontent-length:";
        int at = head.toLowerCase(Locale.ROOT).indexOf(key);
        if (at < 0) {
            if (status == 204) {
                return 0;
            }
            throw new IOException("an answer " + status + " without its length");
        }
        int from = at + key.length();
        return Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
    }

    /** {@code partial_success.rejected_spans} of an OTLP answer: field 1 of the message in field 1. */
    private long refused(int from, int to) {
        int at = from + 2;
        if (to - from < 4 || answer[from] != 0x0A || answer[at] != 0x08) {
            return 0;
        }
        long value = 0;
        int shift = 0;
        do {
            at++;
            value |= (long) (answer[at] & 0x7F) << shift;
            shift += 7;
        } while (answer[at] < 0 && at + 1 < to);
        return value;
    }
}
