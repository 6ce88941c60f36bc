package io.millrace.embedded;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the broker is set up.
 *
 * @param folder where its logs are
 * @param port the clients' port on loopback
 * @param advertisedPort the port that clients are told to use; another one than {@code port} where a proxy is in front
 * @param controllerPort the quorum's port on loopback
 * @param password what clients have to know, besides the user {@link Broker#USER}
 * @param retentionCheck how often it looks for what its topics need keep no longer
 */
public record BrokerConfig(
        Path folder, int port, int advertisedPort, int controllerPort, String password, Duration retentionCheck) {
    private static final Duration RETENTION_CHECK = Duration.ofSeconds(30);

    /** Free ports, and the folder {@code kafka} and the secret {@code kafka} of a data folder. */
    public static BrokerConfig in(DataFolder data) {
        int port = Ports.free();
        return new BrokerConfig(
                data.folder("kafka"), port, port, anotherThan(port), data.secret("kafka"), RETENTION_CHECK);
    }

    /** The same with a proxy in front: clients are told to use the proxy's port. */
    public BrokerConfig withAdvertisedPort(int proxyPort) {
        return new BrokerConfig(folder, port, proxyPort, controllerPort, password, retentionCheck);
    }

    /** The same with another interval. */
    public BrokerConfig withRetentionCheck(Duration interval) {
        return new BrokerConfig(folder, port, advertisedPort, controllerPort, password, interval);
    }

    private static int anotherThan(int taken) {
        int port = Ports.free();
        return port == taken ? anotherThan(taken) : port;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "BrokerConfig[folder=" + folder + ", port=" + port + ", advertisedPort=" + advertisedPort + "]";
    }
}
