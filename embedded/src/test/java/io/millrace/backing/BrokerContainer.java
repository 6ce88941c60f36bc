package io.millrace.backing;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Kafka's own image, set up through its environment: one node, with a password on the listener of the clients.
 *
 * <p>A broker tells its clients where it is, so its port on the host is chosen before it starts. It talks to itself on a
 * listener of its own, because what it tells them leads nowhere from inside the container.
 */
final class BrokerContainer extends GenericContainer<BrokerContainer> implements LogBroker {
    private static final int CLIENTS = 9092;
    private static final String USER = "millrace";
    private static final String PASSWORD = "secret-of-the-tests";
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
            + USER + "\" password=\"" + PASSWORD + "\"";

    private final int port;
    private final String bootstrap;

    /**
     * @param port the port on the engine's host
     * @param advertisedHost with {@code advertisedPort} where clients are told to go
     */
    BrokerContainer(int port, String advertisedHost, int advertisedPort) {
        super(DockerEngine.image("MILLRACE_TEST_KAFKA_IMAGE", "apache/kafka:" + AppInfoParser.getVersion()));
        this.port = port;
        this.bootstrap = advertisedHost + ":" + advertisedPort;
        addFixedExposedPort(port, CLIENTS);
        listeners();
        security();
        alone();
        withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        withEnv("KAFKA_HEAP_OPTS", "-Xmx512m");
        waitingFor(Wait.forLogMessage(".*Kafka Server started.*\\n", 1).withStartupTimeout(Duration.ofSeconds(100)));
    }

    private void listeners() {
        withEnv("KAFKA_NODE_ID", "1");
        withEnv("KAFKA_PROCESS_ROLES", "broker,controller");
        withEnv("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093");
        withEnv("KAFKA_LISTENERS", "CLIENT://:" + CLIENTS + ",CONTROLLER://localhost:9093,INTERNAL://localhost:9094");
        withEnv("KAFKA_ADVERTISED_LISTENERS", "CLIENT://" + bootstrap + ",INTERNAL://localhost:9094");
        withEnv("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
        withEnv("KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL");
        withEnv(
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT");
    }

    private void security() {
        withEnv("KAFKA_SASL_ENABLED_MECHANISMS", "PLAIN");
        withEnv(
                "KAFKA_LISTENER_NAME_CLIENT_PLAIN_SASL_JAAS_CONFIG",
                LOGIN + " user_" + USER + "=\"" + PASSWORD + "\";");
    }

    private void alone() {
        withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1");
        withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1");
        withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1");
        withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1");
        withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
    }

    @Override
    public String host() {
        return getHost();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String bootstrap() {
        return bootstrap;
    }

    @Override
    public Map<String, String> clientProperties() {
        return Map.of(
                "bootstrap.servers",
                bootstrap,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                LOGIN + ";");
    }

    @Override
    public void close() {
        stop();
    }
}
