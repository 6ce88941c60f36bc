package io.millrace.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP proxy on loopback that ends for good when so many bytes were sent through it. */
final class CutLine implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final AtomicLong left;

    CutLine(int target, long most) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        this.left = new AtomicLong(most);
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket store = new Socket(InetAddress.getLoopbackAddress(), target);
                start(() -> pump(client, store, left));
                start(() -> pump(store, client, new AtomicLong(Long.MAX_VALUE)));
            }
        } catch (IOException closed) {
            // It is cut.
        }
    }

    private void pump(Socket from, Socket to, AtomicLong room) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (room.addAndGet(-n) < 0) {
                    close();
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException gone) {
            // As the other side will see.
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "cut-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
