package io.millrace.schema.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WebhookSecretTest {
    @Test
    void theKeyOfStandardWebhooksIsWhatItsTextMeans() {
        WebhookSecret secret = WebhookSecret.of(WebhookStyle.STANDARD, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assertThat(secret.key()).hasSize(24);
        assertThat(secret.isPublicKey()).isFalse();
        String publicKey = "whpk_" + Base64.getEncoder().encodeToString(new byte[32]);
        assertThat(WebhookSecret.of(WebhookStyle.STANDARD, publicKey).isPublicKey())
                .isTrue();
    }

    @Test
    void allOthersAreTheirText() {
        String text = "lf-whsec_0123456789";
        for (WebhookStyle style : WebhookStyle.values()) {
            if (style != WebhookStyle.STANDARD) {
                assertThat(WebhookSecret.of(style, text).key()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STANDARD, MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "STANDARD, whsec_c2hvcnQ=",
        "STANDARD, whsec_not base64 at all and much too long to be",
        "STANDARD, whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "GITHUB, fifteen-letters",
        "SHARED_SECRET, ''",
    })
    void whatIsNoneIsNotQuoted(WebhookStyle style, String text) {
        assertThatThrownBy(() -> WebhookSecret.of(style, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must ")
                .hasNoCause();
    }

    @Test
    void neverShowsItself() {
        assertThat(WebhookSecret.of(WebhookStyle.GITHUB, "It's a Secret to Everybody"))
                .hasToString("WebhookSecret");
    }
}
