package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schema.topic.Topic;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What was acknowledged while the job could not understand it, on a stack of its own whose job is kept from understanding
 * anything. The ledger balances whenever it is asked.
 */
class RejectedIT {
    private static Stack stack;
    private static StreamClock clock;
    private static Path fault;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.in(Files.createTempDirectory("millrace-rejected-"));
        clock = StreamClock.of(stack);
        fault = stack.folder().resolve("faults").resolve("reject-records");
    }

    @AfterAll
    static void stop() throws Exception {
        clock.close();
        stack.close();
        SharedStack.delete(stack.folder());
    }

    @Test
    void isListedAndIsWhatItWasOnceItIsReplayedAfterAFix() throws Exception {
        // Given
        Tenant tenant = Tenant.of(stack, "rejected");
        Instant at = Instant.now();
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().root(at).json()));
        Tenant.eventually()
                .untilAsserted(() ->
                        assertThat(balanced(tenant).path("stored").asLong()).isEqualTo(1));
        long accepted = balanced(tenant).path("accepted").asLong();

        // When
        Files.createFile(fault);
        clock.tick(Instant.now());
        OtlpRequest request = OtlpRequest.newTrace().root(at).call(2, at, 1_000);
        tenant.send(tenant.otlpJson(request.json()));

        // Then
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = balanced(tenant);
            assertThat(ledger.path("accepted").asLong()).isEqualTo(accepted + 2);
            assertThat(ledger.path("quarantined").toString()).isEqualTo("{\"undecodable\":2}");
        });
        JsonNode rejected = onlyItem(tenant);
        String id = rejected.required("id").textValue();
        assertThat(rejected.required("project_id").textValue())
                .isEqualTo(tenant.project().toString());
        assertThat(rejected.required("items").longValue()).isEqualTo(2);
        assertThat(rejected.required("size").longValue()).isPositive();
        assertThat(rejected.required("outcome").isNull()).isTrue();
        assertThat(tenant.get("/v1/traces/" + request.trace()).status()).isEqualTo(404);

        // It is tried, and is as little understood as before.
        assertThat(replay(tenant, id)).isEqualTo(202);
        Tenant.eventually()
                .untilAsserted(
                        () -> assertThat(onlyItem(tenant).required("outcome").textValue())
                                .isEqualTo("still_rejected"));
        assertThat(balanced(tenant).path("quarantined").toString()).isEqualTo("{\"undecodable\":2}");

        // After the fix two replays at once are one.
        Files.delete(fault);
        clock.tick(Instant.now());
        assertThat(replay(tenant, id)).isEqualTo(202);
        assertThat(replay(tenant, id)).isIn(202, 409);
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = balanced(tenant);
            assertThat(ledger.path("quarantined").toString()).isEqualTo("{}");
            assertThat(ledger.path("accepted").asLong()).isEqualTo(accepted + 2);
            assertThat(ledger.path("stored").asLong()).isEqualTo(3);
            assertThat(ledger.path("duplicate").asLong()).isEqualTo(accepted - 1);
            assertThat(ledger.path("in_flight").asLong()).isZero();
            JsonNode total = tenant.total("spans,traces,input_tokens", at.minusSeconds(60), at.plusSeconds(60));
            assertThat(total.path("spans").asLong()).isEqualTo(3);
            assertThat(total.path("traces").asLong()).isEqualTo(2);
            assertThat(total.path("input_tokens").asLong()).isEqualTo(1_000);
        });
        assertThat(tenant.trace(request.trace()).required("spans")).hasSize(2);
        assertThat(onlyItem(tenant).required("outcome").textValue()).isEqualTo("recovered");
        assertThat(replay(tenant, id)).isEqualTo(409);
        assertThat(Http.post(address(tenant, id), tenant.key(), "").status()).isEqualTo(403);
    }

    /** Nobody of ours wrote it: no header, so no project, and nothing to count. */
    @Test
    void whatNobodyKnowsTheProjectOfStopsNothingAndIsListedForAdministrators() {
        clock.append(new byte[] {1, 2, 3});

        URI list = stack.api().resolve("/v1/rejected?without_project=true");
        Tenant.eventually().untilAsserted(() -> {
            JsonNode items = Http.get(list, stack.adminToken()).json().required("items");
            assertThat(items).hasSize(1);
            // As sha256sum has it.
            assertThat(items.get(0).required("sha256").textValue())
                    .isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
            assertThat(items.get(0).required("items").longValue()).isZero();
            assertThat(items.get(0).required("position").required("partition").intValue())
                    .isLessThan(Topic.SPANS.partitions());
        });
    }

    private static JsonNode balanced(Tenant tenant) {
        JsonNode ledger = tenant.ledger();
        assertThat(ledger.required("balanced").booleanValue())
                .as(ledger.toString())
                .isTrue();
        return ledger;
    }

    private static JsonNode onlyItem(Tenant tenant) {
        Http.Answer answer = tenant.get("/v1/rejected");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().required("items")).hasSize(1);
        return answer.json().required("items").get(0);
    }

    private static int replay(Tenant tenant, String id) {
        return Http.post(address(tenant, id), stack.adminToken(), "").status();
    }

    private static URI address(Tenant tenant, String id) {
        return stack.api().resolve("/v1/rejected/" + id + "/replay?project=" + tenant.project());
    }
}
