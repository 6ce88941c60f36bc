package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An edge whose clock is far from the broker's: a record's time is the edge's, and the broker takes any. */
@ExtendWith(EdgeExtension.class)
class SkewedClockIT {
    private final Tenant tenant = EdgeExtension.tenant();

    @ParameterizedTest
    @ValueSource(strings = {"PT2H", "P400D", "P-2D"})
    void takesSpansWhateverItsClockSays(Duration ahead) {
        Instant received = Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
        Span.Builder span = Otlp.span().setEndTimeUnixNano(received.getEpochSecond() * 1_000_000_000L);
        try (Edge edge = new Edge(EdgeExtension.kafka().client(), config -> config, received).ready()) {
            String authorization = "Bearer " + tenant.secret();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(100))
                    .until(
                            () -> edge.post("/v1/traces", Edge.PROTOBUF, Otlp.request(), "Authorization", authorization)
                                    .statusCode(),
                            status -> status != 401);

            HttpResponse<byte[]> answer =
                    edge.post("/v1/traces", Edge.PROTOBUF, Otlp.request(span), "Authorization", authorization);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(tenant.log()).anySatisfy(entry -> {
                assertThat(entry.record().timestamp()).isEqualTo(received.toEpochMilli());
                assertThat(entry.counts().getAccepted()).isEqualTo(1);
            });
        }
    }
}
