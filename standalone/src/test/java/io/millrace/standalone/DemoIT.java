package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.standalone.demo.Demo;
import io.millrace.standalone.demo.DemoOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The demo against a real stack, with nothing but an address and a key. */
@ExtendWith(SharedStack.class)
class DemoIT {
    @Test
    void whatTheApplicationSendsIsTakenPricedAndBalanced() throws Exception {
        // Given
        Tenant tenant = Tenant.of(SharedStack.stack(), "demo");
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().json()));
        Instant begun = Instant.now().minusSeconds(10);
        List<Map<String, ?>> incidentFiles = new ArrayList<>();

        // When
        try (Demo demo = Demo.start(
                SharedStack.stack().ingest(),
                tenant.key(),
                new DemoOptions(5, true),
                Clock.systemUTC(),
                incidentFiles::add)) {
            assertThat(demo).isNotNull();
            Tenant.eventually()
                    .untilAsserted(() -> assertThat(spans(tenant, begun)).isGreaterThan(800));
        }

        // Then
        Tenant.eventually()
                .untilAsserted(
                        () -> assertThat(tenant.ledger().required("stored").longValue())
                                .isEqualTo(tenant.ledger().required("accepted").longValue())
                                .isGreaterThan(800));
        JsonNode ledger = tenant.ledger();
        assertThat(ledger.required("balanced").booleanValue()).isTrue();
        assertThat(ledger.required("received")).isEqualTo(ledger.required("accepted"));
        JsonNode total = tenant.total("traces,cost_usd", begun, Instant.now().plusSeconds(60));
        assertThat(total.path("unpriced_spans").asLong()).isZero();
        assertThat(total.required("cost_usd").asDouble()).isPositive();
        Map<String, JsonNode> environments =
                tenant.totalsBy("environment", "spans", begun, Instant.now().plusSeconds(60));
        assertThat(environments).containsKeys("production", "staging");
        Map<String, JsonNode> models =
                tenant.totalsBy("model", "spans", begun, Instant.now().plusSeconds(60));
        assertThat(models.keySet()).anyMatch(model -> model.startsWith("gpt-4.1-mini"));
        assertThat(incidentFiles).hasSize(1);
    }

    private static long spans(Tenant tenant, Instant begun) {
        return tenant.total("spans", begun, Instant.now().plusSeconds(60))
                .path("spans")
                .asLong();
    }
}
