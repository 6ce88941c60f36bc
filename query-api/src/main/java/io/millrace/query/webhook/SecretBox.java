package io.millrace.query.webhook;

import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.webhook.SecretSeal;
import io.millrace.schema.webhook.WebhookSecret;
import io.millrace.schema.webhook.WebhookStyle;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Seals the secrets that a request brings, and finds those that it names. */
final class SecretBox {
    private static final int MOST = 4;
    private static final int ID_BYTES = 8;

    private final SecretSeal seal;
    private final Clock clock;
    private final SecureRandom random;

    SecretBox(SecretSeal seal, Clock clock, SecureRandom random) {
        this.seal = seal;
        this.clock = clock;
        this.random = random;
    }

    /**
     * The secrets that the source is to have: those of the request, of which each is a new one or names one that is kept; all
     * that it had if the request says nothing of them.
     *
     * @param source the id of the source
     * @param before the secrets that it has
     * @param style in which each has to make sense
     * @throws Problem that names the field which cannot be
     */
    List<SealedSecret> of(RequestBody body, String source, List<SealedSecret> before, WebhookStyle style) {
        if (!body.has("secrets")) {
            before.forEach(kept -> open(kept, source, style, "secrets"));
            return some(before);
        }
        List<SealedSecret> secrets = new ArrayList<>();
        List<RequestBody> asked = body.objects("secrets", MOST, Set.of("id", "secret"));
        for (int i = 0; i < asked.size(); i++) {
            secrets.add(one("secrets[" + i + "]", asked.get(i), source, before, style));
        }
        return some(secrets);
    }

    private static List<SealedSecret> some(List<SealedSecret> secrets) {
        if (secrets.isEmpty()) {
            throw Problem.field("secrets", "must be 1 to " + MOST);
        }
        return secrets;
    }

    private SealedSecret one(
            String place, RequestBody asked, String source, List<SealedSecret> before, WebhookStyle style) {
        if (asked.has("id") == asked.has("secret")) {
            throw Problem.field(place, "must have a secret, or the id of one that is there");
        }
        if (asked.has("id")) {
            String id = asked.text("id").orElse("");
            SealedSecret kept = before.stream()
                    .filter(secret -> secret.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> Problem.field(place + ".id", "there is no such secret"));
            open(kept, source, style, place + ".id");
            return kept;
        }
        String secret = asked.text("secret").orElse("");
        check(secret, style, place + ".secret");
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new SealedSecret(HexFormat.of().formatHex(id), clock.instant(), seal.seal(source, secret, random));
    }

    /** A secret that is kept has to be of use for what the source is to be. */
    private void open(SealedSecret kept, String source, WebhookStyle style, String place) {
        check(
                seal.open(source, kept.sealed())
                        .orElseThrow(() -> Problem.field(place, "was sealed with another key: set it anew")),
                style,
                place);
    }

    private static void check(String secret, WebhookStyle style, String place) {
        try {
            WebhookSecret.of(style, secret);
        } catch (IllegalArgumentException wrong) {
            throw Problem.field(place, String.valueOf(wrong.getMessage()));
        }
    }
}
