package io.millrace.ingest.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.schema.webhook.WebhookStyle;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the senders' own library and scripts in their styles once sent, under the secrets that they had. */
class RecordedDeliveriesTest {
    private static final String STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String SECRET = "It's a Secret to Everybody";
    private static final long SENT_SECONDS = 1_795_212_506;
    private static final long HOUR = 3_600;

    @ParameterizedTest
    @CsvSource({
        "001, STANDARD, msg_0279ccf824ea4d89909b663fc94d6567",
        "006, STANDARD, msg_0279ccf824ea4d89909b663fc94d6567",
        "007, GITHUB, 953e8abe-5a3e-4c4e-b6f5-ea960e5933f9",
    })
    void areTaken(String recording, WebhookStyle style, String delivery) throws Exception {
        DecodedRequest.Span span = decode(recording, style, SENT_SECONDS).only();
        assertThat(span.attribute("webhook.delivery").getStringValue()).isEqualTo(delivery);
        assertThat(span.attribute("payload.type").getStringValue()).isEqualTo("trace.completed");
        assertThat(span.attribute("payload.data").getKvlistValue().getValuesList())
                .extracting(member -> member.getKey() + "=" + member.getValue().getStringValue())
                .containsExactly("id=t1", "name=ünïcode");
        assertThat(span.message().getEndNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(SENT_SECONDS));
    }

    @ParameterizedTest
    @CsvSource({"008, LANGFUSE", "009, SHARED_SECRET"})
    void withoutAnIdTheirBytesAreTheirId(String recording, WebhookStyle style) throws Exception {
        DecodedRequest.Span span = decode(recording, style, SENT_SECONDS).only();
        assertThat(span.attribute("webhook.delivery").getStringValue()).startsWith("sha256:");
    }

    /** With one signature, with several while secrets are replaced, and once more. */
    @Test
    void areOneSpanHoweverOftenTheyCome() throws Exception {
        DecodedRequest.Span first =
                decode("001", WebhookStyle.STANDARD, SENT_SECONDS).only();
        for (String again : new String[] {"002", "005"}) {
            assertThat(decode(again, WebhookStyle.STANDARD, SENT_SECONDS + 60)
                            .only()
                            .message())
                    .isEqualTo(first.message());
        }
    }

    @Test
    void areRefusedWhenTheyAreStale() throws Exception {
        refused("003", SENT_SECONDS, Unverified.Reason.STALE);
        assertThat(decode("003", WebhookStyle.STANDARD, SENT_SECONDS - HOUR).spans())
                .hasSize(1);
    }

    @Test
    void areRefusedWhenTheyWereTamperedWith() {
        refused("004", SENT_SECONDS, Unverified.Reason.WRONG_SIGNATURE);
    }

    private static void refused(String recording, long seconds, Unverified.Reason reason) {
        assertThatThrownBy(() -> decode(recording, WebhookStyle.STANDARD, seconds))
                .isInstanceOfSatisfying(
                        Unverified.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private static DecodedRequest decode(String recording, WebhookStyle style, long seconds)
            throws Unverified, MalformedEnvelope {
        WebhookSource source = Sources.source(style, style == WebhookStyle.STANDARD ? STANDARD_SECRET : SECRET);
        JsonObject headers = new JsonObject(new String(file(recording + ".headers.json"), StandardCharsets.UTF_8))
                .getJsonObject("headers");
        long millis = TimeUnit.SECONDS.toMillis(seconds);
        RequestContext usual = DecodedRequest.CONTEXT;
        RequestContext context = new RequestContext(
                usual.project(),
                millis,
                usual.retention(),
                usual.limits(),
                usual.masking(),
                usual.sampling(),
                usual.payloads());
        byte[] body = file(recording + ".bin");
        return new DecodedRequest(Delivery.of(source, name -> headers.getString(name.toLowerCase(Locale.ROOT)), millis)
                .decode(body, body.length, context));
    }

    private static byte[] file(String name) {
        String path = "/captures/webhooks/" + name;
        try (InputStream file = Objects.requireNonNull(RecordedDeliveriesTest.class.getResourceAsStream(path), path)) {
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
