package io.millrace.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker and its controller in this process, on loopback, with a password on both listeners.
 *
 * <p>It is one node: an acknowledgement with {@code acks=all} is in the operating system's page cache, which outlives this
 * process but not a power loss. It has no topics of its own and creates none by itself. After {@code kill -9} it is usable
 * again within seconds, because its old session is short.
 */
public final class Broker implements AutoCloseable {
    /** The one user. */
    public static final String USER = BrokerSettings.USER;

    private static final Logger LOGGER = LoggerFactory.getLogger(Broker.class);

    private final BrokerConfig config;
    private final Consumer<String> onFatal;
    private @Nullable KafkaRaftServer server;

    /** A broker whose fatal faults are only logged. */
    public Broker(BrokerConfig config) {
        this(config, reason -> {});
    }

    /**
     * Makes a broker; nothing runs yet.
     *
     * @param onFatal is called with the reason when the broker meets a fault that it cannot mend and would have ended the
     *     process; it is called on the broker's own threads and must not wait for {@link #close()}
     */
    public Broker(BrokerConfig config, Consumer<String> onFatal) {
        this.config = config;
        this.onFatal = onFatal;
    }

    /**
     * Starts, and returns when clients can work.
     *
     * @throws IllegalStateException if it runs already
     * @throws UncheckedIOException if its folder cannot be written
     */
    public synchronized void start() {
        if (server != null) throw new IllegalStateException("the broker runs already");
        long start = System.nanoTime();
        BrokerExit.listen(onFatal);
        format();
        var starting = new KafkaRaftServer(new KafkaConfig(BrokerSettings.of(config), false), Time.SYSTEM);
        server = starting;
        starting.startup();
        LOGGER.atInfo()
                .addKeyValue("port", config.port())
                .addKeyValue("elapsed_ms", (System.nanoTime() - start) / 1_000_000)
                .log("broker started");
    }

    private void format() {
        if (Files.exists(config.folder().resolve("meta.properties"))) return;
        var folder = config.folder().toString();
        try (var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            PrivateFiles.folder(config.folder());
            new Formatter()
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(BrokerSettings.NODE)
                    .setControllerListenerName(BrokerSettings.CONTROLLER)
                    .setMetadataLogDirectory(folder)
                    .setDirectories(List.of(folder))
                    .setIgnoreFormatted(true)
                    .setPrintStream(silent)
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot format " + folder, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot format " + folder, e);
        }
    }

    /** Host and port for {@code bootstrap.servers}. */
    public String bootstrap() {
        return "127.0.0.1:" + config.advertisedPort();
    }

    /** The port on which it listens. */
    public int port() {
        return config.port();
    }

    /** Everything that a client needs to be let in: the bootstrap address and the SASL settings. */
    public Map<String, String> clientProperties() {
        return clientProperties(bootstrap(), config.password());
    }

    static Map<String, String> clientProperties(String bootstrap, String password) {
        return Map.of(
                "bootstrap.servers",
                bootstrap,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                BrokerSettings.login(password) + ";");
    }

    /** Stops in order, so that the next start needs no recovery. Does nothing if it does not run. */
    @Override
    public synchronized void close() {
        var running = server;
        if (running == null) return;
        server = null;
        try {
            running.shutdown();
            running.awaitShutdown();
        } finally {
            BrokerExit.forget(onFatal);
        }
    }
}
