package io.millrace.standalone;

import io.millrace.embedded.Broker;
import io.millrace.embedded.BrokerConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Postgres;
import io.millrace.embedded.PostgresConfig;
import io.millrace.embedded.Teardown;
import java.util.Map;

/** A broker in this process and a Postgres that is its child. */
record EmbeddedServers(Broker broker, Postgres postgres) implements Servers {
    /**
     * Nothing runs yet.
     *
     * @param teardown closes them in the reverse of this order: Postgres, the broker
     */
    static EmbeddedServers in(DataFolder data, Teardown teardown) {
        return new EmbeddedServers(
                teardown.add("broker", new Broker(BrokerConfig.in(data))),
                teardown.add("postgres", new Postgres(PostgresConfig.in(data))));
    }

    @Override
    public void startLog() {
        broker.start();
    }

    @Override
    public void startDatabase() {
        postgres.start();
    }

    @Override
    public Map<String, String> kafka() {
        return broker.clientProperties();
    }

    @Override
    public String databaseHost() {
        return "127.0.0.1";
    }

    @Override
    public int databasePort() {
        return postgres.port();
    }

    @Override
    public String user() {
        return postgres.user();
    }

    @Override
    public String password() {
        return postgres.password();
    }

    @Override
    public Map<String, Map<String, Object>> ports() {
        return Map.of(
                "kafka", Map.of("port", broker.port()),
                "postgres", Map.of("port", postgres.port(), "pid", postgres.pid()));
    }
}
