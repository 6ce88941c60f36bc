package io.millrace.bench.feed;

import io.millrace.bench.command.Results;
import io.millrace.bench.process.ProcessMemory;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A client that follows all traces and reads nothing: what that costs the service, and what it is told in the end. */
final class IdleReader {
    private static final Duration BETWEEN_SAMPLES = Duration.ofMinutes(1);
    /** A sender whose data found no room tries again after two minutes at the latest (Linux' TCP). */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final double MIB = 1 << 20;
    /** Of the WebSocket protocol (RFC 6455). */
    private static final int CLOSE = 8;

    private final FeedSubject subject;

    IdleReader(FeedSubject subject) {
        this.subject = subject;
    }

    /**
     * Stays connected for that long, and then reads what there is.
     *
     * @return whether it was told that it was too slow
     */
    boolean run(Duration time, Results results) throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            long end = System.nanoTime() + time.toNanos();
            memory(results, "at the start");
            for (int minute = 1; System.nanoTime() < end; minute++) {
                TimeUnit.NANOSECONDS.sleep(Math.min(BETWEEN_SAMPLES.toNanos(), end - System.nanoTime()));
                memory(results, "in minute " + minute);
            }
            String told = said(socket);
            results.figure("idle_client_was_told", told, "");
            return told.startsWith("4408");
        }
    }

    /** Why it was closed, once all that came before is read. */
    private static String said(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        try {
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0F;
                int length = in.readUnsignedByte();
                length = length == 126 ? in.readUnsignedShort() : length == 127 ? (int) in.readLong() : length;
                byte[] payload = in.readNBytes(length);
                if (opcode == CLOSE) {
                    return (((payload[0] & 0xFF) << 8) + (payload[1] & 0xFF)) + " "
                            + new String(payload, 2, length - 2, StandardCharsets.UTF_8);
                }
            }
        } catch (EOFException | SocketException e) {
            return "cut off: " + e;
        } catch (SocketTimeoutException e) {
            return "nothing";
        }
    }

    /** A socket that follows, by hand: a library's client would read ahead. */
    private Socket connect() throws IOException {
        URI uri = subject.live();
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        String handshake = "GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nAuthorization: Bearer " + subject.secret()
                + "\r\n\r\n";
        socket.getOutputStream().write(handshake.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new IOException("the feed does not take the client: " + head);
            }
            head.append((char) c);
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("the feed does not take the client: " + head);
        }
        byte[] subscribe = "{\"type\":\"subscribe\",\"id\":\"t\",\"channel\":\"traces\",\"filter\":{}}"
                .getBytes(StandardCharsets.US_ASCII);
        // A masked text frame, whose mask is zeros.
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x81);
        frame.write(0x80 | subscribe.length);
        frame.writeBytes(new byte[4]);
        frame.writeBytes(subscribe);
        socket.getOutputStream().write(frame.toByteArray());
        return socket;
    }

    private void memory(Results results, String when) throws IOException, InterruptedException {
        ProcessMemory memory =
                ProcessMemory.now(subject.machinePid(), subject.folder().postmaster());
        results.say("  with a client that does not read, %s: resident %.0f MiB, heap after collection %.0f MiB"
                .formatted(
                        when,
                        memory.machineResident() / MIB,
                        memory.heapAfterCollection().orElse(0) / MIB));
    }
}
