package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.http.ConnectionLimits;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerOptionsTest {
    private static final Duration IDLE = Duration.ofSeconds(50);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    /** Between two answers on one connection: it is idle for as long as it may, then waits its turn, then takes all its time. */
    @Test
    void aRequestThatBeginsLateHasAllItsTime() {
        IngestConfig config = IngestConfig.of(Map.of("bootstrap.servers", "127.0.0.1:9092"))
                .withServer(new ServerSettings(new ConnectionLimits(100, IDLE, 16_384, 100, 400), null, Set.of()));
        config = config.withLimits(config.limits().withBodyPatience(PATIENCE).withDeadline(DEADLINE));
        for (HttpServerOptions options : List.of(ServerOptions.http(config), ServerOptions.grpc(config))) {
            assertThat(Duration.of(
                            options.getWriteIdleTimeout(),
                            options.getIdleTimeoutUnit().toChronoUnit()))
                    .isGreaterThan(Duration.ofSeconds(50 + 1 + 20 + 3));
        }
    }
}
