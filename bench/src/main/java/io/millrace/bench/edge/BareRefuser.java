package io.millrace.bench.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The least that refusing takes: receives requests whole and gives all of them the same 503, without a look at anything but
 * their length. One thread, one buffer. No server that lets its senders see their answers can do with much less.
 */
final class BareRefuser implements AutoCloseable {
    /** Most requests at once, as the edge does. */
    private static final int RECEIVED = 256 << 10;

    private static final byte[] ANSWER = ("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
                    + "Retry-After: 1\r\nContent-Length: 2\r\n\r\n{}")
            .getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVED);
    private final ByteBuffer answer =
            ByteBuffer.allocateDirect(ANSWER.length).put(ANSWER).flip();
    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();

    /** Listens at a free port of this machine. */
    BareRefuser() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    int port() {
        return server.socket().getLocalPort();
    }

    /** Returns when this is closed. */
    void run() throws IOException {
        try {
            while (true) {
                selector.select(this::ready);
            }
        } catch (ClosedSelectorException e) {
            // As it should be.
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else {
                read((SocketChannel) key.channel(), (Request) key.attachment());
            }
        } catch (IOException e) {
            close(key);
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Request());
        }
    }

    private void read(SocketChannel channel, Request request) throws IOException {
        received.clear();
        if (channel.read(received) < 0) {
            channel.close();
        } else if (request.isWholeWith(received.flip())) {
            channel.write(answer.rewind());
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        server.close();
    }

    /** What is known of the request under way on a connection. Its headers have to come at once. */
    private static final class Request {
        private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] BODY = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private long left;

        boolean isWholeWith(ByteBuffer bytes) throws IOException {
            if (left == 0) {
                int length = behind(LENGTH, bytes, 0);
                left = number(bytes, length) + behind(BODY, bytes, length);
            }
            left -= bytes.remaining();
            return left == 0;
        }

        private static int behind(byte[] what, ByteBuffer bytes, int from) throws IOException {
            for (int at = from; at + what.length <= bytes.limit(); at++) {
                int same = 0;
                while (same < what.length && bytes.get(at + same) == what[same]) {
                    same++;
                }
                if (same == what.length) {
                    return at + same;
                }
            }
            throw new IOException("headers without a length or without an end");
        }

        private static long number(ByteBuffer bytes, int from) {
            long number = 0;
            for (int at = from; bytes.get(at) >= '0' && bytes.get(at) <= '9'; at++) {
                number = 10 * number + bytes.get(at) - '0';
            }
            return number;
        }
    }
}
