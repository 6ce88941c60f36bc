package io.millrace.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.project.DirectoryEntries;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final UUID PROJECT = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String SECRET = "sk-mr-secret";

    private final DirectoryEntries entries = new DirectoryEntries()
            .project(PROJECT, 7)
            .key("a", PROJECT, "pk-mr-a", SECRET, List.of("ingest", "read"), 0)
            .key("b", PROJECT, "pk-mr-b", "sk-mr-reader", List.of("read"), 0)
            .key("c", PROJECT, "pk-mr-c", "sk-mr-old", List.of("ingest"), NOW.toEpochMilli())
            .key("d", PROJECT, "pk-mr-d", "sk-mr-young", List.of("ingest"), NOW.toEpochMilli() + 1)
            .key("e", UUID.randomUUID(), "pk-mr-e", "sk-mr-homeless", List.of("ingest"), 0);
    private final Admission admission = new Admission(entries::directory, Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + SECRET, "bearer  " + SECRET + " ", "BEARER " + SECRET})
    void takesBearer(String header) throws NotAdmitted {
        assertThat(admission.admit(header, null).project().id()).isEqualTo(PROJECT);
    }

    @Test
    void takesBasicWhenTheHalvesBelongTogether() throws NotAdmitted {
        assertThat(admission.admit(basic("pk-mr-a:" + SECRET), null).project().retention())
                .hasDays(7);
    }

    @Test
    void takesApiKeyAlsoBesideAnAuthorizationOfAnotherScheme() throws NotAdmitted {
        assertThat(admission.admit(null, SECRET).project().id()).isEqualTo(PROJECT);
        assertThat(admission.admit("Digest x", SECRET).project().id()).isEqualTo(PROJECT);
    }

    @Test
    void takesAKeyUntilItExpires() throws NotAdmitted {
        assertThat(admission.admit(null, "sk-mr-young").project().id()).isEqualTo(PROJECT);
        refuses(null, "sk-mr-old", NotAdmitted.Reason.EXPIRED_KEY);
    }

    @Test
    void refusesWhatItCannotRead() {
        refuses(null, null, NotAdmitted.Reason.MISSING_KEY);
        refuses("Bearer ", null, NotAdmitted.Reason.MISSING_KEY);
        refuses("Basic !!!", null, NotAdmitted.Reason.MISSING_KEY);
        refuses(basic("no colon"), null, NotAdmitted.Reason.MISSING_KEY);
        refuses("Bearer " + "x".repeat(2000), null, NotAdmitted.Reason.MISSING_KEY);
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        refuses("Bearer sk-mr-other", null, NotAdmitted.Reason.UNKNOWN_KEY);
        refuses(basic("pk-mr-b:" + SECRET), null, NotAdmitted.Reason.UNKNOWN_KEY);
        refuses(basic(":" + SECRET), null, NotAdmitted.Reason.UNKNOWN_KEY);
        refuses("Bearer pk-mr-a", null, NotAdmitted.Reason.UNKNOWN_KEY);
        refuses(null, "sk-mr-homeless", NotAdmitted.Reason.UNKNOWN_KEY);
    }

    @Test
    void refusesAKeyThatIsNotForSending() {
        refuses("Bearer sk-mr-reader", null, NotAdmitted.Reason.MISSING_SCOPE);
    }

    private void refuses(String authorization, String apiKey, NotAdmitted.Reason reason) {
        assertThatThrownBy(() -> admission.admit(authorization, apiKey))
                .isInstanceOfSatisfying(
                        NotAdmitted.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
