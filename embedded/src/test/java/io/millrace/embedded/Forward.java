package io.millrace.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP proxy on loopback: what connects to its port is connected to the target's. */
final class Forward implements AutoCloseable {
    private final ServerSocket server;
    private final int target;

    Forward(int port, int target) throws IOException {
        this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                var caller = server.accept();
                var callee = new Socket(InetAddress.getLoopbackAddress(), target);
                daemon(() -> copy(caller, callee));
                daemon(() -> copy(callee, caller));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException closed) {
            // one side is gone, and the other goes with it
        }
    }

    private static void daemon(Runnable task) {
        var thread = new Thread(task, "forward");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
