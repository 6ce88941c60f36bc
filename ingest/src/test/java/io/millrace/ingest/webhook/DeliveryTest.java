package io.millrace.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.schema.webhook.Headers;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.WebhookEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Deliveries that prove themselves by a shared secret, since what is proved how is tested with the claims. */
class DeliveryTest {
    private static final String SECRET = "0123456789abcdef";
    private static final UUID PROJECT = DecodedRequest.PROJECT;
    private static final Instant RECEIVED = DecodedRequest.RECEIVED;

    private final WebhookEntry.Builder entry =
            Sources.entry("whk_1", PROJECT, WebhookStyle.SHARED_SECRET, SECRET).setDeliveryHeader("X-Delivery");
    private final Map<String, String> headers = new HashMap<>(Map.of("x-webhook-secret", SECRET, "x-delivery", "d1"));

    @Test
    void aDeliveryIsTheSameAtEachAttemptButForItsTime() throws Exception {
        Span once = decode("{\"a\": 1}", RECEIVED).only();
        Span again = decode("{\"a\": 1}", RECEIVED.plusSeconds(7_200)).only();

        assertThat(again.traceId()).isEqualTo(once.traceId());
        assertThat(again.spanId()).isEqualTo(once.spanId());
        assertThat(again.message().getContentHash()).isEqualTo(once.message().getContentHash());
        assertThat(once.message().getEndNanos()).isEqualTo(RECEIVED.getEpochSecond() * 1_000_000_000);
        assertThat(again.message().getEndNanos()).isGreaterThan(once.message().getEndNanos());
        assertThat(once.marks()).containsExactly("time_of_delivery");
        assertThat(once.message().getName()).isEqualTo("tests");
        assertThat(once.attribute("payload.a").getIntValue()).isEqualTo(1);
        assertThat(once.attribute("webhook.source").getStringValue()).isEqualTo("tests");
    }

    /** As JSON.stringify writes a name that was cut within a character. */
    @Test
    void aNameWithHalfAPairIsTaken() throws Exception {
        Span span = decode("{\"\\ud83d\": 1}", RECEIVED).only();
        assertThat(span.attribute("payload.\uFFFD").getIntValue()).isEqualTo(1);
        assertThat(span.marks()).contains("bad_utf8");
    }

    @Test
    void otherContentIsOtherContent() throws Exception {
        Span once = decode("{\"a\": 1}", RECEIVED).only();
        Span other = decode("{\"a\": 2}", RECEIVED).only();
        assertThat(other.spanId()).isEqualTo(once.spanId());
        assertThat(other.message().getContentHash()).isNotEqualTo(once.message().getContentHash());
    }

    @Test
    void aTimeOfThePayloadIsTakenAndNotMarked() throws Exception {
        entry.setMapping("{\"fields\": [{\"field\": \"end\", \"pointer\": \"/at\"}]}");
        Span span = decode("{\"at\": \"2026-11-20T12:00:00Z\"}", RECEIVED).only();
        assertThat(span.message().getStartNanos())
                .isEqualTo(Instant.parse("2026-11-20T12:00:00Z").getEpochSecond() * 1_000_000_000);
        assertThat(span.marks()).isEmpty();
    }

    @Test
    void theIdIsWhereTheMappingSaysThenInTheHeaderThenTheBytes() throws Exception {
        entry.setMapping("{\"delivery_id\": \"/id\"}");
        String header = decode("{\"b\": 1}", RECEIVED).only().traceId();
        String pointer = decode("{\"id\": \"d1\", \"b\": 1}", RECEIVED).only().traceId();
        String other = decode("{\"id\": \"d2\"}", RECEIVED).only().traceId();
        headers.remove("x-delivery");
        String bytes = decode("{\"b\": 1}", RECEIVED).only().traceId();
        String otherBytes = decode("{ \"b\": 1}", RECEIVED).only().traceId();

        assertThat(pointer).isEqualTo(header);
        assertThat(other).isNotEqualTo(pointer);
        assertThat(bytes).isNotEqualTo(otherBytes).isNotEqualTo(pointer);
        assertThat(decode("{\"b\": 1}", RECEIVED.plusSeconds(60)).only().traceId())
                .isEqualTo(bytes);
    }

    @Test
    void severalItemsAreSeveralSpansOfOneTrace() throws Exception {
        entry.setMapping("{\"items\": \"/runs\", \"fields\": [{\"field\": \"name\", \"pointer\": \"/name\"}]}");
        DecodedRequest request = decode("{\"runs\": [{\"name\": \"a\"}, {\"name\": \"b\"}], \"rule\": 7}", RECEIVED);
        assertThat(request.spans()).extracting(span -> span.message().getName()).containsExactly("a", "b");
        assertThat(request.spans())
                .extracting(Span::traceId)
                .containsOnly(request.spans().get(0).traceId());
        assertThat(request.named("a").attribute("delivery.rule").getIntValue()).isEqualTo(7);
        assertThat(request.named("b").attributes()).doesNotContainKey("delivery.rule");
    }

    @Test
    void aDeliveryWithoutItemsIsCountedAsIgnored() throws Exception {
        entry.setMapping("{\"items\": \"/runs\"}");
        RequestSpans none =
                decode("{\"zen\": \"Keep it logically awesome.\"}", RECEIVED).request();
        assertThat(none.accepted()).isZero();
        assertThat(none.ignoredByReason()).isEqualTo(Map.of("webhook_without_items", 1));
    }

    @Test
    void bytesThatAreNoUtf8AreReplacedAndMarked() throws Exception {
        byte[] body = "{\"a\": \"x?\"}".getBytes(StandardCharsets.UTF_8);
        body[8] = (byte) 0xff;
        Span span = decode(body, RECEIVED).only();
        assertThat(span.marks()).contains("bad_utf8");
        assertThat(span.attribute("payload.a").getStringValue()).isEqualTo("x\uFFFD");
    }

    @Test
    void noMappingGetsToSeeTheSecret() throws Exception {
        entry.setMapping("{\"fields\": [{\"field\": \"name\", \"header\": \"X-WEBHOOK-Secret\"},"
                + " {\"field\": \"user_id\", \"header\": \"X-Delivery\"}]}");
        Span span = decode("{}", RECEIVED).only();
        assertThat(span.message().getName()).isEqualTo("tests");
        assertThat(span.message().getUserId()).isEqualTo("d1");
        assertThat(span.message().toString()).doesNotContain(SECRET);
    }

    @Test
    void onlyWhatIsProvedIsRead() {
        headers.put("x-webhook-secret", "0123456789abcdeF");
        refused(Unverified.Reason.WRONG_SIGNATURE, "no JSON at all");
        headers.remove("x-webhook-secret");
        refused(Unverified.Reason.NO_SIGNATURE, "no JSON at all");
        headers.put("x-webhook-secret", SECRET);
        assertThatThrownBy(() -> decode("no JSON at all", RECEIVED)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aSignedTimeIsNearNow() throws Exception {
        WebhookSource source = Sources.source(WebhookStyle.LANGFUSE, SECRET);
        for (long off : new long[] {-300, 0, 300}) {
            assertThat(Delivery.of(source, timed(off), RECEIVED.toEpochMilli())).isNotNull();
        }
        for (long off : new long[] {-301, 301, -1_000_000_000}) {
            assertThatThrownBy(() -> Delivery.of(source, timed(off), RECEIVED.toEpochMilli()))
                    .isInstanceOfSatisfying(
                            Unverified.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Unverified.Reason.STALE));
        }
    }

    private static Headers timed(long off) {
        return name -> "t=" + (RECEIVED.getEpochSecond() + off) + ",v1=00";
    }

    private void refused(Unverified.Reason reason, String body) {
        assertThatThrownBy(() -> decode(body, RECEIVED))
                .isInstanceOfSatisfying(
                        Unverified.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private DecodedRequest decode(String body, Instant received) throws Unverified, MalformedEnvelope {
        return decode(body.getBytes(StandardCharsets.UTF_8), received);
    }

    private DecodedRequest decode(byte[] body, Instant received) throws Unverified, MalformedEnvelope {
        RequestContext usual = DecodedRequest.CONTEXT;
        RequestContext context = new RequestContext(
                PROJECT,
                received.toEpochMilli(),
                usual.retention(),
                usual.limits(),
                usual.masking(),
                usual.sampling(),
                usual.payloads());
        WebhookSource source = WebhookSource.of(PROJECT, entry.build(), Sources.SEAL);
        Delivery delivery =
                Delivery.of(source, name -> headers.get(name.toLowerCase(Locale.ROOT)), received.toEpochMilli());
        return new DecodedRequest(delivery.decode(body, body.length, context));
    }
}
