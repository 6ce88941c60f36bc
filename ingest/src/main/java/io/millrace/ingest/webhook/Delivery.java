package io.millrace.ingest.webhook;

import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.schema.webhook.Headers;
import io.millrace.schema.webhook.MappedDelivery;
import io.millrace.schema.webhook.OversizedDelivery;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to a source. Its headers are looked at before its body is read; what it brings is decoded only if it is the
 * source's. The same delivery makes the same spans at each attempt, so that the pipeline knows them as duplicates.
 */
public final class Delivery {
    /** How records and metrics call the way these spans came. */
    public static final String DIALECT = "webhook";

    private static final String NO_ITEMS = "webhook_without_items";

    private final WebhookSource source;
    private final Headers headers;
    private final SignatureClaim claim;

    private Delivery(WebhookSource source, Headers headers, SignatureClaim claim) {
        this.source = source;
        this.headers = headers;
        this.claim = claim;
    }

    /**
     * A request whose headers may be the source's.
     *
     * @param nowMillis the edge's clock
     * @throws Unverified when they cannot be, whatever the body is
     */
    public static Delivery of(WebhookSource source, Headers headers, long nowMillis) throws Unverified {
        SignatureClaim claim = SignatureClaim.of(source, headers);
        long now = TimeUnit.MILLISECONDS.toSeconds(nowMillis);
        if (claim.seconds().isPresent() && Math.abs(now - claim.seconds().getAsLong()) > source.toleranceSeconds()) {
            throw new Unverified(Unverified.Reason.STALE);
        }
        return new Delivery(source, headers, claim);
    }

    /**
     * The spans of a body, as it arrived.
     *
     * @throws Unverified when it is not the source's
     * @throws MalformedEnvelope when it is no JSON, or the mapping makes too much of it
     */
    public RequestSpans decode(byte[] body, int length, RequestContext context) throws Unverified, MalformedEnvelope {
        if (!claim.isBy(source.secrets(), body, length)) {
            throw new Unverified(Unverified.Reason.WRONG_SIGNATURE);
        }
        return JsonBody.read(body, 0, length, json -> spans(json, body, length, context));
    }

    private RequestSpans spans(JsonBody json, byte[] body, int length, RequestContext context)
            throws MalformedEnvelope {
        try {
            MappedDelivery mapped =
                    source.mapping().apply(json.bytes(), json.from(), json.end() - json.from(), this::mappedHeader);
            if (mapped.count() == 0) {
                return none(context);
            }
            byte[] spans = mapped.nativeSpans(source.id(), source.name(), id(mapped, body, length, context.masking()));
            return NativeSpans.decodeDelivered(spans, DIALECT, deliveredAtNanos(context), json.repaired(), context);
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        } catch (OversizedDelivery oversized) {
            throw new MalformedEnvelope(String.valueOf(oversized.getMessage()));
        }
    }

    /** As of the request, but never what proves it: of a shared secret, that is the secret. */
    private @Nullable String mappedHeader(String name) {
        return name.equalsIgnoreCase(source.signatureHeader()) ? null : headers.get(name);
    }

    private static RequestSpans none(RequestContext context) {
        RequestSpans none = new RequestSpans(context, DIALECT, 0);
        none.ignore(NO_ITEMS, 1);
        return none;
    }

    /** What the sender says the delivery is, what is signed first; where it says nothing, its bytes. */
    private String id(MappedDelivery mapped, byte[] body, int length, Masking masking) {
        return claim.deliveryId()
                .or(mapped::deliveryId)
                .or(this::idOfHeader)
                .or(() -> mapped.at(source.style().deliveryPointer()))
                .orElseGet(() -> sha256(body, length, masking));
    }

    private Optional<String> idOfHeader() {
        return source.deliveryHeader().isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(headers.get(source.deliveryHeader()))
                        .map(String::strip)
                        .filter(said -> !said.isEmpty());
    }

    private static String sha256(byte[] body, int length, Masking masking) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(body, 0, length);
            return "sha256:" + HexFormat.of().formatHex(masking.keyed(digest.digest()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private long deliveredAtNanos(RequestContext context) {
        return claim.seconds().isPresent()
                ? TimeUnit.SECONDS.toNanos(claim.seconds().getAsLong())
                : TimeUnit.MILLISECONDS.toNanos(context.receivedAtMillis());
    }
}
