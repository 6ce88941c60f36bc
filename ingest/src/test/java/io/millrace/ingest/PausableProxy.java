package io.millrace.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP proxy on loopback that can stop moving bytes, as a broker does that hangs: connections stay, nothing comes. */
public final class PausableProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();
    private final Set<Socket> hanging = ConcurrentHashMap.newKeySet();
    private boolean paused;

    public PausableProxy(int port, InetSocketAddress target) {
        try {
            this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
        this.target = target;
        start(this::accept);
    }

    void pause() {
        synchronized (lock) {
            paused = true;
        }
    }

    void resume() {
        synchronized (lock) {
            paused = false;
            lock.notifyAll();
        }
    }

    /** Nothing moves any more on the connections that there are; new ones are as good as any. */
    public void hang() {
        hanging.addAll(sockets);
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket broker = new Socket(target.getAddress(), target.getPort());
                sockets.add(client);
                sockets.add(broker);
                start(() -> pump(client, broker));
                start(() -> pump(broker, client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitFlow(from);
                out.write(buffer, 0, n);
            }
        } catch (IOException | InterruptedException ended) {
            // Either side has gone; closing both tells the other.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void awaitFlow(Socket from) throws InterruptedException {
        synchronized (lock) {
            while (paused || hanging.contains(from)) {
                lock.wait();
            }
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        hanging.clear();
        resume();
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
