package io.millrace.query;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.backing.DatabaseServer;
import org.junit.jupiter.api.Test;

class OutageIT {
    private static final Api API = Api.shared();

    @Test
    void answersWith503WhilePostgresIsAwayAndGoesOnByItself() throws Exception {
        Api.Tenant tenant = API.tenant();
        assertThat(API.get(tenant.readKey(), "/v1/traces").status()).isEqualTo(200);

        try (DatabaseServer.Outage away = API.stack().postgres().outage()) {
            eventually().until(() -> {
                Api.Answer answer = API.get(tenant.readKey(), "/v1/traces");
                assertThat(answer.status()).as(answer.body().toString()).isIn(200, 503);
                if (answer.status() == 503) assertThat(answer.problem()).isEqualTo("unavailable");
                return answer.status() == 503;
            });
            eventually().until(() -> API.send(API.request("/health/ready")).status() == 503);
        }

        eventually().until(() -> API.get(tenant.readKey(), "/v1/traces").status() == 200);
        eventually().until(() -> API.send(API.request("/health/ready")).status() == 200);
        assertThat(API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"after\"}")
                        .status())
                .isEqualTo(201);
        eventually()
                .until(() -> API.value("select count(*) from control_outbox").equals(0L));
    }
}
