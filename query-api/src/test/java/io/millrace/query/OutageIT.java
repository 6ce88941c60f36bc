package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OutageIT {
    private static final Api API = Api.shared();

    @Test
    void answersWith503WhilePostgresIsAwayAndGoesOnByItself() throws Exception {
        Api.Tenant tenant = API.tenant();
        assertThat(API.get(tenant.readKey(), "/v1/traces").status()).isEqualTo(200);
        long pid = API.stack().postgres().pid();
        var sawOutage = new AtomicBoolean();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            Api.Answer answer = API.get(tenant.readKey(), "/v1/traces");
            assertThat(answer.status()).as(answer.body().toString()).isIn(200, 503);
            if (answer.status() == 503) {
                assertThat(answer.problem()).isEqualTo("unavailable");
                sawOutage.set(true);
            }
            return answer.status() == 200 && API.stack().postgres().pid() != pid;
        });
        await().atMost(Duration.ofSeconds(30))
                .until(() -> API.send(API.request("/health/ready")).status() == 200);
        assertThat(API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"after\"}")
                        .status())
                .isEqualTo(201);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> API.value("select count(*) from control_outbox").equals(0L));
        assertThat(sawOutage).isTrue();
    }
}
