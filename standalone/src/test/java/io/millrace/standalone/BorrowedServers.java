package io.millrace.standalone;

import io.millrace.backing.BackingStack;
import io.millrace.backing.DatabaseServer;
import io.millrace.backing.LogBroker;
import java.util.Map;
import java.util.Optional;

/** Those that the build chose for tests; they run already, and go on when the stack has stopped. */
record BorrowedServers(LogBroker log, DatabaseServer database) implements Servers {
    static BorrowedServers of(BackingStack backing) {
        return new BorrowedServers(backing.broker(), backing.durablePostgres());
    }

    @Override
    public void startLog() {
        // It runs.
    }

    @Override
    public void startDatabase() {
        // It runs.
    }

    @Override
    public void startCache() {
        // There is none.
    }

    @Override
    public Map<String, String> kafka() {
        return log.clientProperties();
    }

    @Override
    public String databaseHost() {
        return database.host();
    }

    @Override
    public int databasePort() {
        return database.port();
    }

    @Override
    public String user() {
        return database.user();
    }

    @Override
    public String password() {
        return database.password();
    }

    @Override
    public Optional<String> cache() {
        return Optional.empty();
    }

    @Override
    public Map<String, Map<String, Object>> ports() {
        return Map.of("kafka", Map.of("port", log.port()), "postgres", Map.of("port", database.port()));
    }
}
