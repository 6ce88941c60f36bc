package io.millrace.bench.edge;

import io.millrace.embedded.Broker;
import io.millrace.embedded.BrokerConfig;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Redis;
import io.millrace.embedded.RedisConfig;
import io.millrace.embedded.Teardown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The log and the cache of an installation that was stopped, and nothing else: no jobs, no API, no edge. */
public final class BackingMain {
    /** What it says when both take work. */
    static final String READY = "ready";

    /** A topic that keeps little keeps hardly more than that. */
    private static final Duration RETENTION_CHECK = Duration.ofSeconds(1);

    private BackingMain() {}

    /**
     * Runs until its input ends or it is told to stop.
     *
     * @param arguments the data folder
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        try (Teardown teardown = Teardown.atExit()) {
            DataFolder data = teardown.add("data folder", DataFolder.open(Path.of(arguments[0])));
            BrokerConfig config = BrokerConfig.in(data).withRetentionCheck(RETENTION_CHECK);
            Broker broker = teardown.add("broker", new Broker(config));
            Redis redis = teardown.add("redis", new Redis(RedisConfig.in(data)));
            broker.start();
            redis.start();
            data.writePorts(Map.of(
                    "kafka", Map.of("port", broker.port()),
                    "redis", Map.of("port", redis.port(), "pid", redis.pid())));
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // Until whoever started this has ended.
            }
        }
    }
}
