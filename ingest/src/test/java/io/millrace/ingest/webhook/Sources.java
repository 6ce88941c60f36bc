package io.millrace.ingest.webhook;

import com.google.protobuf.ByteString;
import io.millrace.ingest.project.DirectoryEntries;
import io.millrace.schema.webhook.SecretSeal;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.WebhookEntry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.UUID;

/** Sources of webhooks as query-api writes them. */
public final class Sources {
    /** What their secrets are sealed with. */
    public static final byte[] KEY = "of the deployment".getBytes(StandardCharsets.UTF_8);

    public static final SecretSeal SEAL = new SecretSeal(KEY);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Sources() {}

    /** A source with a mapping that keeps everything as attributes. */
    public static WebhookEntry.Builder entry(String id, UUID project, WebhookStyle style, String... secrets) {
        WebhookEntry.Builder entry = WebhookEntry.newBuilder()
                .setId(id)
                .setProject(DirectoryEntries.bytes(project))
                .setName("tests")
                .setStyle(style.code())
                .setToleranceSeconds(300)
                .setMapping("{}");
        for (String secret : secrets) {
            entry.addSealedSecrets(ByteString.copyFrom(SEAL.seal(id, secret, RANDOM)));
        }
        return entry;
    }

    static WebhookSource source(WebhookStyle style, String... secrets) {
        UUID project = new UUID(1, 2);
        return WebhookSource.of(project, entry("whk_1", project, style, secrets).build(), SEAL);
    }

    public static byte[] value(WebhookEntry.Builder entry) {
        return ControlEntry.newBuilder().setWebhook(entry).build().toByteArray();
    }
}
