package io.millrace.backing;

import io.millrace.embedded.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A Postgres that is this process's child, and is started again by it whenever it dies. */
record EmbeddedDatabase(Postgres server) implements DatabaseServer {
    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public String user() {
        return server.user();
    }

    @Override
    public String password() {
        return server.password();
    }

    @Override
    public void crash() {
        awaitAnotherThan(kill());
    }

    @Override
    public Outage outage() {
        // Without this file no new server starts: the outage lasts until it was seen, however fast the restart is.
        Path needed = dataFolder().resolve("PG_VERSION");
        Path aside = needed.resolveSibling("PG_VERSION.aside");
        move(needed, aside);
        long killed = kill();
        return () -> {
            move(aside, needed);
            awaitAnotherThan(killed);
        };
    }

    private long kill() {
        long pid = server.pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        return pid;
    }

    private void awaitAnotherThan(long killed) {
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> server.pid() != killed);
    }

    private Path dataFolder() {
        try (var connection = DriverManager.getConnection(jdbcUrl("postgres"), user(), password());
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show data_directory")) {
            row.next();
            return Path.of(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
