package io.millrace.standalone;

import io.millrace.embedded.Broker;
import io.millrace.embedded.BrokerConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Postgres;
import io.millrace.embedded.PostgresConfig;
import io.millrace.embedded.Redis;
import io.millrace.embedded.RedisConfig;
import io.millrace.embedded.Teardown;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker in this process, and a Postgres and a Redis that are its children. */
record EmbeddedServers(Broker broker, Postgres postgres, Redis redis) implements Servers {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedServers.class);

    /**
     * Nothing runs yet.
     *
     * @param teardown closes them in the reverse of this order: Redis, Postgres, the broker
     */
    static EmbeddedServers in(DataFolder data, Teardown teardown) {
        return new EmbeddedServers(
                teardown.add("broker", new Broker(BrokerConfig.in(data))),
                teardown.add("postgres", new Postgres(PostgresConfig.in(data))),
                teardown.add("redis", new Redis(RedisConfig.in(data))));
    }

    @Override
    public void startLog() {
        broker.start();
    }

    @Override
    public void startDatabase() {
        postgres.start();
    }

    /** One that does not start keeps nothing else from starting: what is in it can be done without. */
    @Override
    public void startCache() {
        try {
            redis.start();
        } catch (IllegalStateException e) {
            LOGGER.atWarn().addKeyValue("reason", e.getMessage()).log("going on without redis");
        }
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
    public Optional<String> cache() {
        return Optional.of(redis.uri().toString());
    }

    @Override
    public Map<String, Map<String, Object>> ports() {
        return Map.of(
                "kafka", Map.of("port", broker.port()),
                "postgres", Map.of("port", postgres.port(), "pid", postgres.pid()),
                "redis", Map.of("port", redis.port(), "pid", redis.pid()));
    }
}
