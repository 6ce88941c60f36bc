package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A key works from its making to its deletion, at the edge and at the API. */
@ExtendWith(SharedStack.class)
class KeyLifeIT {
    @Test
    void aNewKeyWorksAndADeletedOneStops() {
        // Given
        Stack stack = SharedStack.stack();
        Tenant tenant = Tenant.of(stack, "short life");
        HttpRequest request =
                tenant.otlpJson(OtlpRequest.newTrace().root(Instant.now()).json());
        tenant.sendOnceKnown(request);
        assertThat(tenant.get("/v1/traces").status()).isEqualTo(200);

        // When
        Http.Answer deleted = Http.delete(stack.api().resolve("/v1/api-keys/" + tenant.keyId()), stack.adminToken());

        // Then
        assertThat(deleted.status()).isEqualTo(204);
        Tenant.eventually().untilAsserted(() -> {
            assertThat(Http.send(request).status()).isEqualTo(401);
            assertThat(tenant.get("/v1/traces").status()).isEqualTo(401);
        });
    }

    @Test
    void aKeyNobodyMadeIsRefusedEverywhere() {
        Stack stack = SharedStack.stack();
        String unknown = "sk-mr-" + "0".repeat(64);

        Http.Answer sent = Http.post(stack.ingest().resolve("/v1/traces"), unknown, "{}");
        Http.Answer read = Http.get(stack.api().resolve("/v1/traces"), unknown);

        assertThat(sent.status()).isEqualTo(401);
        assertThat(read.status()).isEqualTo(401);
    }

    @Test
    void theReadyLineSaysWhereEverythingIs() {
        Stack stack = SharedStack.stack();

        assertThat(stack.readyLine())
                .startsWith("ready ")
                .contains(" ingest=" + stack.ingest(), " api=" + stack.api(), " grpc=http://", " metrics=http://")
                .endsWith(" credentials=" + stack.folder().resolve("credentials.json"));
    }
}
