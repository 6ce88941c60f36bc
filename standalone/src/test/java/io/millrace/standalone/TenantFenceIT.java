package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two projects in one stack: neither sees anything of the other, whatever it asks for. */
@ExtendWith(SharedStack.class)
class TenantFenceIT {
    private static Tenant a;
    private static Tenant b;
    private static OtlpRequest onlyA;
    private static OtlpRequest both;
    private static Instant at;

    @BeforeAll
    static void send() {
        a = Tenant.of(SharedStack.stack(), "a");
        b = Tenant.of(SharedStack.stack(), "b");
        at = Instant.now();
        onlyA = OtlpRequest.newTrace().root(at).call(2, at, 1_000);
        both = OtlpRequest.newTrace().root(at);
        a.sendOnceKnown(a.otlpJson(onlyA.json()));
        a.send(a.otlpJson(both.json()));
        // The same trace id in another project is another trace.
        b.sendOnceKnown(b.otlpJson(OtlpRequest.of(both.trace()).call(3, at, 7).json()));
        Tenant.eventually().untilAsserted(() -> {
            assertThat(spans(a, onlyA)).isEqualTo(2);
            assertThat(spans(a, both)).isEqualTo(1);
            assertThat(spans(b, both)).isEqualTo(1);
        });
    }

    private static long spans(Tenant tenant, OtlpRequest request) {
        return tenant.trace(request.trace())
                .required("trace")
                .required("span_count")
                .longValue();
    }

    @Test
    void aTraceOfAnotherProjectIsNotThere() {
        Http.Answer answer = b.get("/v1/traces/" + onlyA.trace());

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).doesNotContain("answer", "gpt-4o-mini");
    }

    @Test
    void aTraceIdInTwoProjectsIsTwoTraces() {
        JsonNode ofA = a.trace(both.trace());
        JsonNode ofB = b.trace(both.trace());

        assertThat(ofA.required("spans")).hasSize(1);
        assertThat(ofA.required("spans").get(0).required("id").textValue()).isEqualTo("0000000000000001");
        // B has only the child: its parent is A's, so it is still waited for.
        assertThat(ofB.required("spans")).hasSize(2);
        assertThat(ofB.required("spans").get(0).required("pending").booleanValue())
                .isTrue();
        assertThat(ofB.required("spans").get(1).required("id").textValue()).isEqualTo("0000000000000003");
    }

    @Test
    void totalsAndListsAndLedgersAreApart() {
        Tenant.eventually().untilAsserted(() -> {
            assertThat(totals(a)).isEqualTo("3 spans, 1000 tokens");
            assertThat(totals(b)).isEqualTo("1 spans, 7 tokens");
            assertThat(a.get("/v1/traces").json().required("items")).hasSize(2);
            assertThat(b.get("/v1/traces").json().required("items")).hasSize(1);
        });
        // Not what was accepted: an answer that does not come in time is sent again.
        Tenant.eventually().untilAsserted(() -> {
            assertThat(a.ledger().required("stored").longValue()).isEqualTo(3);
            assertThat(b.ledger().required("stored").longValue()).isEqualTo(1);
        });
    }

    private static String totals(Tenant tenant) {
        JsonNode total =
                tenant.total("spans,input_tokens", at.minus(Duration.ofMinutes(2)), at.plus(Duration.ofMinutes(2)));
        return total.path("spans").asLong() + " spans, "
                + total.path("input_tokens").asLong() + " tokens";
    }

    @Test
    void anotherProjectCannotBeAskedFor() {
        for (String path : new String[] {"/v1/traces", "/v1/ledger", "/v1/metrics?measures=spans&step=all"}) {
            String asked = path + (path.contains("?") ? "&" : "?") + "project=" + a.project();

            assertThat(b.get(asked).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void aKeyWithoutTheScopeMakesNothing() {
        Http.Answer project =
                Http.post(SharedStack.stack().api().resolve("/v1/projects"), a.key(), "{\"name\":\"mine\"}");
        Http.Answer revoked = Http.delete(SharedStack.stack().api().resolve("/v1/api-keys/" + b.keyId()), a.key());

        assertThat(project.status()).isEqualTo(403);
        assertThat(revoked.status()).isEqualTo(403);
        b.send(b.otlpJson(OtlpRequest.of(both.trace()).call(3, at, 7).json()));
    }
}
