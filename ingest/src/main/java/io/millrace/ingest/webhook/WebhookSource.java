package io.millrace.ingest.webhook;

import io.millrace.schema.webhook.MalformedMapping;
import io.millrace.schema.webhook.SecretSeal;
import io.millrace.schema.webhook.WebhookMapping;
import io.millrace.schema.webhook.WebhookSecret;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.WebhookEntry;
import java.util.List;
import java.util.UUID;

/**
 * Who may deliver to one path, and what becomes of it.
 *
 * @param id the last part of the path
 * @param name as the project calls it
 * @param secrets the active ones; any of them will do
 * @param toleranceSeconds how far a signed time may be from now, in either direction
 * @param signatureHeader where the signature or secret is; empty where the style has several headers of its own
 * @param deliveryHeader where the delivery's id is; empty for nowhere
 */
public record WebhookSource(
        String id,
        UUID project,
        String name,
        WebhookStyle style,
        List<WebhookSecret> secrets,
        long toleranceSeconds,
        String signatureHeader,
        String deliveryHeader,
        WebhookMapping mapping) {
    public WebhookSource {
        secrets = List.copyOf(secrets);
    }

    /**
     * The source of an entry of the control topic.
     *
     * @throws IllegalArgumentException when this edge cannot read it whole, or cannot open its secrets: its deliveries are
     *     neither to be taken nor to be called forged
     */
    public static WebhookSource of(UUID project, WebhookEntry entry, SecretSeal seal) {
        WebhookStyle style =
                WebhookStyle.of(entry.getStyle()).orElseThrow(() -> new IllegalArgumentException("an unknown style"));
        List<WebhookSecret> secrets = entry.getSealedSecretsList().stream()
                .map(secret -> seal.open(entry.getId(), secret.toByteArray())
                        .orElseThrow(() -> new IllegalArgumentException("a secret that cannot be opened")))
                .map(text -> WebhookSecret.of(style, text))
                .toList();
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("no secret");
        }
        return new WebhookSource(
                entry.getId(),
                project,
                entry.getName(),
                style,
                secrets,
                entry.getToleranceSeconds(),
                or(entry.getSignatureHeader(), style.signatureHeader()),
                or(entry.getDeliveryHeader(), style.deliveryHeader()),
                mapping(entry));
    }

    private static WebhookMapping mapping(WebhookEntry entry) {
        try {
            return WebhookMapping.read(entry.getMapping());
        } catch (MalformedMapping unknown) {
            throw new IllegalArgumentException("a mapping that cannot be read", unknown);
        }
    }

    private static String or(String own, String usual) {
        return own.isEmpty() ? usual : own;
    }
}
