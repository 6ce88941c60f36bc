package io.millrace.backing;

import io.millrace.embedded.Ports;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Postgres' own image as it comes. Its port on the host is chosen here: the engine would choose another one whenever the
 * container is started again.
 */
final class PostgresContainer extends GenericContainer<PostgresContainer> implements DatabaseServer {
    private static final int INSIDE = 5432;
    private static final String PASSWORD = "secret of the tests";
    private static final Duration PATIENCE = Duration.ofSeconds(100);
    /** The usual 64 MB are too little for parallel queries. */
    private static final long SHARED_MEMORY_BYTES = 256L << 20;

    private final int port = Ports.free();

    private PostgresContainer(String... settings) {
        super(DockerEngine.image("MILLRACE_TEST_POSTGRES_IMAGE", "postgres:18-alpine"));
        addFixedExposedPort(port, INSIDE);
        withEnv("POSTGRES_PASSWORD", PASSWORD);
        withSharedMemorySize(SHARED_MEMORY_BYTES);
        withCommand(settings);
        // Once while its first start creates the database, and once when that is done.
        waitingFor(Wait.forLogMessage(".*database system is ready to accept connections.*\\s", 2)
                .withStartupTimeout(PATIENCE));
    }

    /**
     * One that runs.
     *
     * @param settings arguments of the server
     */
    static DatabaseServer started(String... settings) {
        PostgresContainer container = new PostgresContainer(settings);
        container.start();
        return container;
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
    public String user() {
        return "postgres";
    }

    @Override
    public String password() {
        return PASSWORD;
    }

    @Override
    public void crash() {
        outage().close();
    }

    @Override
    public Outage outage() {
        getDockerClient().killContainerCmd(getContainerId()).exec();
        return () -> {
            getDockerClient().startContainerCmd(getContainerId()).exec();
            Awaitility.await().atMost(PATIENCE).until(this::answers);
        };
    }

    private boolean answers() {
        try (var connection = DriverManager.getConnection(jdbcUrl("postgres"), user(), password())) {
            return connection.isValid(5);
        } catch (SQLException away) {
            return false;
        }
    }
}
