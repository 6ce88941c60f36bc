package io.millrace.query.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    /** {@code printf sk-mr-test | sha256sum} */
    private static final String HASH = "097ca08699e48343c53b32c0f07b156bb2d632ed9e3fee5abcc0be1048025e73";

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-mr-test", "bearer sk-mr-test", "Bearer   sk-mr-test "})
    void readsABearer(String header) {
        assertThat(Credentials.parse(header, null)).get().satisfies(credentials -> {
            assertThat(HexFormat.of().formatHex(credentials.secretSha256())).isEqualTo(HASH);
            assertThat(credentials.publicKey()).isEmpty();
        });
    }

    @Test
    void readsAPair() {
        // printf pk-mr-test:sk-mr-test | base64
        assertThat(Credentials.parse("Basic cGstbXItdGVzdDpzay1tci10ZXN0", null))
                .get()
                .satisfies(credentials -> {
                    assertThat(HexFormat.of().formatHex(credentials.secretSha256()))
                            .isEqualTo(HASH);
                    assertThat(credentials.publicKey()).isEqualTo("pk-mr-test");
                });
    }

    @Test
    void readsAHeaderOfItsOwn() {
        assertThat(Credentials.parse(null, "sk-mr-test"))
                .get()
                .satisfies(credentials -> assertThat(HexFormat.of().formatHex(credentials.secretSha256()))
                        .isEqualTo(HASH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sk-mr-test", "Digest x", "Basic ????", "Basic c2s=", "Basic OnNr"})
    void readsNoOtherForm(String header) {
        assertThat(Credentials.parse(header, null)).isEmpty();
    }

    @Test
    void readsNothingFromNothing() {
        assertThat(Credentials.parse(null, null)).isEmpty();
    }
}
