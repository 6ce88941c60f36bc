package io.millrace.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Finds ports that are free now. Nothing keeps them free: take them soon. */
public final class Ports {
    /** Below the range from which systems give ports to outgoing connections, so that none of those takes ours. */
    private static final int LOWEST = 15_000;

    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 500;

    private Ports() {}

    /**
     * A free loopback port.
     *
     * @throws IllegalStateException if none is found
     */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(InetAddress.getLoopbackAddress(), port) && isFree(null, port)) return port;
        }
        throw new IllegalStateException("no free port found between " + LOWEST + " and " + HIGHEST);
    }

    /**
     * Checks a port that was asked for.
     *
     * @param port the port, 0 for any free one
     * @param option the option that sets it, for the message
     * @return the port to take
     * @throws IllegalStateException if something listens on it already; the message names the option to change
     */
    public static int wanted(int port, String option) {
        if (port == 0) return free();
        if (port < 0 || port > 65_535) {
            throw new IllegalStateException("port " + port + " does not exist: set " + option + " between 0 and 65535");
        }
        if (!isFree(null, port)) {
            throw new IllegalStateException(
                    "port " + port + " is taken by another process: stop it, or choose another port" + " with " + option
                            + " (0 takes any free one)");
        }
        return port;
    }

    private static boolean isFree(@Nullable InetAddress address, int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
