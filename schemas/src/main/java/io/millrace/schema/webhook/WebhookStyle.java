package io.millrace.schema.webhook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How senders of webhooks prove who they are. The code is what messages carry. */
public enum WebhookStyle {
    /** Standard Webhooks: HMAC-SHA256 or Ed25519 over the delivery's id, its time and the body. */
    STANDARD(1, "", "", ""),
    /** GitHub's: HMAC-SHA256 over the body, in hex; neither id nor time is signed. */
    GITHUB(2, "X-Hub-Signature-256", "X-GitHub-Delivery", ""),
    /** Langfuse's and Stripe's: {@code t=TIME,v1=HEX}, HMAC-SHA256 over time and body; the body has the id. */
    LANGFUSE(3, "X-Langfuse-Signature", "", "/id"),
    /** No signature: a header has the secret itself. */
    SHARED_SECRET(4, "X-Webhook-Secret", "", "");

    private final int code;
    private final String signatureHeader;
    private final String deliveryHeader;
    private final String deliveryPointer;

    WebhookStyle(int code, String signatureHeader, String deliveryHeader, String deliveryPointer) {
        this.code = code;
        this.signatureHeader = signatureHeader;
        this.deliveryHeader = deliveryHeader;
        this.deliveryPointer = deliveryPointer;
    }

    public int code() {
        return code;
    }

    /** As the API writes it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The header of the signature or secret unless a source says another; empty where the style has several of its own. */
    public String signatureHeader() {
        return signatureHeader;
    }

    /** The header of the delivery's id unless a source says another; empty for none. */
    public String deliveryHeader() {
        return deliveryHeader;
    }

    /** Where a body has the delivery's id unless a mapping says so, as a JSON pointer; empty for nowhere. */
    public String deliveryPointer() {
        return deliveryPointer;
    }

    /** Whether a source may name headers of its own: not where the names are part of what is standardised. */
    public boolean takesOwnHeaders() {
        return this != STANDARD;
    }

    public static Optional<WebhookStyle> of(int code) {
        return Arrays.stream(values()).filter(one -> one.code == code).findFirst();
    }

    public static Optional<WebhookStyle> of(String label) {
        return Arrays.stream(values()).filter(one -> one.label().equals(label)).findFirst();
    }
}
