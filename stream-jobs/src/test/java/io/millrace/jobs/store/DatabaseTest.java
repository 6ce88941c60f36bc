package io.millrace.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"08001", "08006", "57P01", "57P03", "53100", "53300", "40001", "40P01", "55P03", "58030", "25006"
            })
    void thesePassByThemselves(String state) {
        assertThat(Database.passes(new SQLException("", state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"08P01", "22021", "23505", "23514", "28P01", "42P01", "42501", "54000", "57014", "P0001", ""})
    void theseDoNot(String state) {
        assertThat(Database.passes(new SQLException("", state))).isFalse();
    }

    @Test
    void aBrokenStreamPasses() {
        assertThat(Database.passes(new SQLException("", null, new EOFException())))
                .isTrue();
        assertThat(Database.passes(new SQLException("", (String) null))).isFalse();
    }

    @Test
    void aFactoryDoesNotSayItsPassword() {
        assertThat(new PgStoreFactory("jdbc:postgresql://db/m", "writer", "hunter2").toString())
                .contains("writer")
                .doesNotContain("hunter2");
    }
}
