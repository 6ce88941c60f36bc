package io.millrace.query.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static final Cursor CURSOR =
            new Cursor(1_763_632_800_000_000_001L, UUID.fromString("80000000-0000-0000-ffff-000000000001"));

    @Test
    void comesBackAsItWas() {
        assertThat(Cursor.decode(CURSOR.encode("status=ok"), "status=ok")).isEqualTo(CURSOR);
    }

    @Test
    void belongsToOneList() {
        String text = CURSOR.encode("status=ok");

        assertThatThrownBy(() -> Cursor.decode(text, "status=error"))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_CURSOR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "????", "AAAA", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Cursor.decode(text, ""))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_CURSOR));
    }
}
