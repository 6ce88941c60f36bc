package io.millrace.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Trials;
import io.millrace.schema.webhook.WebhookStyle;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SignatureClaimTest {
    private static final String STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Map<String, String> STANDARD = Map.of(
            "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp", "1614265330",
            "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    private static final String STANDARD_BODY = "{\"test\": 2432232314}";

    private static final String GITHUB_SECRET = "It's a Secret to Everybody";
    private static final Map<String, String> GITHUB =
            Map.of("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    private static final String GITHUB_BODY = "Hello, World!";

    private static final String LANGFUSE_SECRET = "lf-whsec_0123456789abcdef";
    private static final String LANGFUSE_BODY = "{\"id\":\"evt_1\",\"type\":\"prompt-version\"}";
    /** Made by OpenSSL. */
    private static final String LANGFUSE_HEADER =
            "t=1763719200,v1=b89a82dbb71621d6417515d667aaead70ecd2becccdf40603d90bceef94c8259";

    /** The first key pair of RFC 8032 (7.1), and what another implementation of it signed. */
    private static final String RFC_KEY = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    private static final String RFC_SIGNATURE =
            "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw==";

    @Test
    void holdsForThePublishedVectorOfStandardWebhooks() throws Exception {
        assertThat(holds(WebhookStyle.STANDARD, STANDARD, STANDARD_BODY, STANDARD_SECRET))
                .isTrue();
    }

    @Test
    void takesTheNamesOfSvix() throws Exception {
        Map<String, String> headers = new HashMap<>();
        STANDARD.forEach((name, value) -> headers.put(name.replace("webhook", "svix"), value));
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, STANDARD_SECRET))
                .isTrue();
    }

    @Test
    void holdsForGitHubsExample() throws Exception {
        assertThat(holds(WebhookStyle.GITHUB, GITHUB, GITHUB_BODY, GITHUB_SECRET))
                .isTrue();
        assertThat(holds(WebhookStyle.GITHUB, GITHUB, GITHUB_BODY, "It's a Secret to Nobody"))
                .isFalse();
    }

    @Test
    void holdsForATimedSignature() throws Exception {
        Map<String, String> headers = Map.of("x-langfuse-signature", LANGFUSE_HEADER);
        assertThat(holds(WebhookStyle.LANGFUSE, headers, LANGFUSE_BODY, LANGFUSE_SECRET))
                .isTrue();
        Map<String, String> later = Map.of("x-langfuse-signature", LANGFUSE_HEADER.replace("t=17", "t=18"));
        assertThat(holds(WebhookStyle.LANGFUSE, later, LANGFUSE_BODY, LANGFUSE_SECRET))
                .isFalse();
        Map<String, String> both =
                Map.of("x-langfuse-signature", LANGFUSE_HEADER.replace(",", ",v0=00, v1=" + "0".repeat(64) + ", "));
        assertThat(holds(WebhookStyle.LANGFUSE, both, LANGFUSE_BODY, LANGFUSE_SECRET))
                .isTrue();
    }

    @Test
    void aSharedSecretIsComparedAsItIs() throws Exception {
        Map<String, String> headers = Map.of("x-webhook-secret", "0123456789abcdef");
        assertThat(holds(WebhookStyle.SHARED_SECRET, headers, "{}", "0123456789abcdef"))
                .isTrue();
        assertThat(holds(WebhookStyle.SHARED_SECRET, headers, "{}", "0123456789abcdeF"))
                .isFalse();
    }

    @Test
    void anyActiveSecretWillDo() throws Exception {
        String other = "whsec_" + Base64.getEncoder().encodeToString(new byte[24]);
        assertThat(holds(WebhookStyle.STANDARD, STANDARD, STANDARD_BODY, other, STANDARD_SECRET))
                .isTrue();
        assertThat(holds(WebhookStyle.STANDARD, STANDARD, STANDARD_BODY, other)).isFalse();
    }

    @Test
    void anySignatureOfTheListWillDo() throws Exception {
        Map<String, String> headers = new HashMap<>(STANDARD);
        headers.put(
                "webhook-signature",
                "v1,AAAA v2,what " + "v1,AAAA ".repeat(9) + STANDARD.get("webhook-signature") + " v1a,AAAA");
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, STANDARD_SECRET))
                .isTrue();
    }

    @Test
    void holdsForEd25519() throws Exception {
        Map<String, String> published = new HashMap<>(STANDARD);
        published.put("webhook-signature", RFC_SIGNATURE);
        assertThat(holds(WebhookStyle.STANDARD, published, STANDARD_BODY, RFC_KEY))
                .isTrue();
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Map<String, String> headers = signed(keys, STANDARD_BODY);
        String secret = "whpk_" + base64(rawKey(keys));
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, secret)).isTrue();
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, STANDARD_SECRET, secret))
                .isTrue();
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, STANDARD_SECRET))
                .isFalse();
        KeyPair others = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThat(holds(WebhookStyle.STANDARD, headers, STANDARD_BODY, "whpk_" + base64(rawKey(others))))
                .isFalse();
    }

    @Test
    void noFlippedBitOfABodyIsOverlooked() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Map<String, String> signed = signed(keys, STANDARD_BODY);
        String publicKey = "whpk_" + base64(rawKey(keys));
        Map<String, String> timed = Map.of("x-langfuse-signature", timed("1700000000", STANDARD_BODY));
        Trials.run(500, random -> {
            byte[] standard = flipped(random, STANDARD_BODY);
            byte[] github = flipped(random, GITHUB_BODY);
            assertThat(holdsOf(WebhookStyle.STANDARD, STANDARD, standard, STANDARD_SECRET))
                    .isFalse();
            assertThat(holdsOf(WebhookStyle.STANDARD, signed, standard, publicKey))
                    .isFalse();
            assertThat(holdsOf(WebhookStyle.LANGFUSE, timed, standard, LANGFUSE_SECRET))
                    .isFalse();
            assertThat(holdsOf(WebhookStyle.GITHUB, GITHUB, github, GITHUB_SECRET))
                    .isFalse();
        });
    }

    @Test
    void noFlippedBitOfAHeaderIsOverlooked() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Map<String, String> signed = signed(keys, STANDARD_BODY);
        String publicKey = "whpk_" + base64(rawKey(keys));
        Map<String, String> timed = Map.of("x-langfuse-signature", timed("1700000000", STANDARD_BODY));
        byte[] body = STANDARD_BODY.getBytes(StandardCharsets.UTF_8);
        Trials.run(500, random -> {
            assertThat(holdsOf(WebhookStyle.STANDARD, flipped(random, STANDARD), body, STANDARD_SECRET))
                    .isFalse();
            assertThat(holdsOf(WebhookStyle.STANDARD, flipped(random, signed), body, publicKey))
                    .isFalse();
            assertThat(holdsOf(WebhookStyle.LANGFUSE, flipped(random, timed), body, LANGFUSE_SECRET))
                    .isFalse();
            assertThat(holdsOf(
                            WebhookStyle.GITHUB,
                            flipped(random, GITHUB),
                            GITHUB_BODY.getBytes(StandardCharsets.UTF_8),
                            GITHUB_SECRET))
                    .isFalse();
        });
    }

    @Test
    void headersThatAreMissingOrMakeNoSenseAreNoSignature() {
        for (String missing : STANDARD.keySet()) {
            Map<String, String> headers = new HashMap<>(STANDARD);
            headers.remove(missing);
            noSignature(WebhookStyle.STANDARD, headers);
        }
        noSignature(WebhookStyle.STANDARD, Map.of());
        Map<String, String> ofAnotherVersion = new HashMap<>(STANDARD);
        ofAnotherVersion.put("webhook-signature", "v2,AAAA");
        noSignature(WebhookStyle.STANDARD, ofAnotherVersion);
        noSignature(WebhookStyle.GITHUB, Map.of("x-hub-signature", "sha1=00"));
        noSignature(WebhookStyle.GITHUB, Map.of("x-hub-signature-256", "757107ea"));
        noSignature(WebhookStyle.LANGFUSE, Map.of("x-langfuse-signature", "v1=00"));
        noSignature(WebhookStyle.LANGFUSE, Map.of("x-langfuse-signature", "t=1700000000"));
        noSignature(WebhookStyle.LANGFUSE, Map.of("x-langfuse-signature", "t=-1,v1=00"));
        noSignature(WebhookStyle.LANGFUSE, Map.of("x-langfuse-signature", "t=1234567890123,v1=00"));
        noSignature(WebhookStyle.SHARED_SECRET, Map.of("x-webhook-secret", " "));
    }

    private static void noSignature(WebhookStyle style, Map<String, String> headers) {
        assertThatThrownBy(() -> holds(style, headers, "{}", secretOf(style)))
                .isInstanceOfSatisfying(
                        Unverified.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Unverified.Reason.NO_SIGNATURE));
    }

    private static String secretOf(WebhookStyle style) {
        return style == WebhookStyle.STANDARD ? STANDARD_SECRET : GITHUB_SECRET;
    }

    private static byte[] flipped(Random random, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    /** One bit of one of them; characters as HTTP has them, of one byte each. */
    private static Map<String, String> flipped(Random random, Map<String, String> headers) {
        Map<String, String> flipped = new HashMap<>(headers);
        String name = headers.keySet().stream().sorted().toList().get(random.nextInt(headers.size()));
        flipped.put(name, new String(flipped(random, String.valueOf(headers.get(name))), StandardCharsets.ISO_8859_1));
        return flipped;
    }

    private static boolean holdsOf(WebhookStyle style, Map<String, String> headers, byte[] body, String secret) {
        try {
            return holds(style, headers, body, secret);
        } catch (Unverified noSignature) {
            return false;
        }
    }

    private static boolean holds(WebhookStyle style, Map<String, String> headers, String body, String... secrets)
            throws Unverified {
        return holds(style, headers, body.getBytes(StandardCharsets.UTF_8), secrets);
    }

    /** The body stands at the beginning of a longer array, as it does at the edge. */
    private static boolean holds(WebhookStyle style, Map<String, String> headers, byte[] body, String... secrets)
            throws Unverified {
        WebhookSource source = Sources.source(style, secrets);
        return SignatureClaim.of(source, name -> headers.get(name.toLowerCase(Locale.ROOT)))
                .isBy(source.secrets(), Arrays.copyOf(body, body.length + 10), body.length);
    }

    private static String timed(String time, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(LANGFUSE_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] made = mac.doFinal((time + "." + body).getBytes(StandardCharsets.UTF_8));
            return "t=" + time + ",v1=" + HexFormat.of().formatHex(made);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Map<String, String> signed(KeyPair keys, String body) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(keys.getPrivate());
        signature.update(("msg_1.1614265330." + body).getBytes(StandardCharsets.UTF_8));
        return Map.of(
                "webhook-id", "msg_1",
                "webhook-timestamp", "1614265330",
                "webhook-signature", "v1a," + base64(signature.sign()));
    }

    /** The last 32 bytes of the X.509 form. */
    private static byte[] rawKey(KeyPair keys) {
        byte[] encoded = keys.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
