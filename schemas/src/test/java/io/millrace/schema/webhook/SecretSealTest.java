package io.millrace.schema.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.Trials;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SecretSealTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SECRET = "It's a Secret to Everybody";

    private final SecretSeal seal = new SecretSeal(bytes("of this deployment"));

    @Test
    void opensWhatItSealedForTheSameSource() {
        byte[] sealed = seal.seal("whk_1", SECRET, RANDOM);
        assertThat(seal.open("whk_1", sealed)).contains(SECRET);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("Secret");
        assertThat(seal.seal("whk_1", SECRET, RANDOM)).isNotEqualTo(sealed);
    }

    @Test
    void opensNothingForAnotherSourceOrDeployment() {
        byte[] sealed = seal.seal("whk_1", SECRET, RANDOM);
        assertThat(seal.open("whk_2", sealed)).isEmpty();
        assertThat(new SecretSeal(bytes("of another deployment")).open("whk_1", sealed))
                .isEmpty();
    }

    @Test
    void noticesEveryChangedBit() {
        byte[] sealed = seal.seal("whk_1", SECRET, RANDOM);
        Trials.run(300, random -> {
            byte[] changed = sealed.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(seal.open("whk_1", changed)).isEmpty();
        });
        for (int length = 0; length < sealed.length; length++) {
            assertThat(seal.open("whk_1", Arrays.copyOf(sealed, length))).isEmpty();
        }
        Trials.run(
                300,
                random ->
                        assertThat(seal.open("whk_1", Trials.bytes(random, 60))).isEmpty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
