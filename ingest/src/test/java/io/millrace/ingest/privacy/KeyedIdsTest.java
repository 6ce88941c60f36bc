package io.millrace.ingest.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.langfuse.LangfuseEvents;
import io.millrace.ingest.langsmith.RunJson;
import io.millrace.ingest.otlp.LogRecords;
import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.webhook.Delivery;
import io.millrace.ingest.webhook.Sources;
import io.millrace.ingest.webhook.WebhookSource;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.webhook.WebhookStyle;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ids that are made of what was sent must not tell what masking took out of it. */
final class KeyedIdsTest {
    private static final String SECRET = "0123456789abcdef";
    private static final UUID PROJECT = DecodedRequest.PROJECT;

    private enum Sent {
        FEEDBACK {
            @Override
            Object id(RequestContext context) throws Exception {
                byte[] body = utf8("{\"run_id\": \"a\", \"comment\": \"jane@example.com\"}");
                return messageId(new DecodedRequest(RunJson.feedback(body, 0, body.length, context)));
            }
        },
        RUN {
            @Override
            Object id(RequestContext context) throws Exception {
                byte[] body = utf8("{\"id\": \"a\", \"trace_id\": \"a\", \"inputs\": {\"to\": \"jane@example.com\"}}");
                return messageId(new DecodedRequest(RunJson.run(body, 0, body.length, context)));
            }
        },
        SCORE {
            @Override
            Object id(RequestContext context) throws Exception {
                byte[] body =
                        utf8("{\"traceId\": \"t\", \"name\": \"n\", \"value\": 1, \"comment\": \"jane@example.com\"}");
                Span score = new DecodedRequest(LangfuseEvents.decodeScore(body, 0, body.length, context)).only();
                return List.of(
                        score.message().getPartial().getId(), score.message().getContentHash());
            }
        },
        LOG_EVENT {
            @Override
            Object id(RequestContext context) throws Exception {
                byte[] body = utf8("{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{"
                        + "\"traceId\": \"0af7651916cd43dd8448eb211c80319c\", \"spanId\": \"b7ad6b7169203331\","
                        + "\"timeUnixNano\": \"1795176000000000000\", \"eventName\": \"gen_ai.user.message\","
                        + "\"body\": {\"stringValue\": \"jane@example.com\"}}]}]}]}");
                return messageId(new DecodedRequest(LogRecords.decode(OtlpEncoding.JSON, body, body.length, context)));
            }
        },
        DELIVERY {
            @Override
            Object id(RequestContext context) throws Exception {
                byte[] body = utf8("{\"to\": \"jane@example.com\"}");
                WebhookSource source = WebhookSource.of(
                        PROJECT,
                        Sources.entry("whk_1", PROJECT, WebhookStyle.SHARED_SECRET, SECRET)
                                .build(),
                        Sources.SEAL);
                Delivery delivery = Delivery.of(
                        source,
                        Map.of("x-webhook-secret", SECRET, "X-Webhook-Secret", SECRET)::get,
                        DecodedRequest.RECEIVED.toEpochMilli());
                Span span = new DecodedRequest(delivery.decode(body, body.length, context)).only();
                return List.of(
                        span.traceId(), span.attribute("webhook.delivery").getStringValue());
            }
        };

        abstract Object id(RequestContext context) throws Exception;
    }

    private static Object messageId(DecodedRequest request) {
        return request.only().message().getPartial().getId();
    }

    @ParameterizedTest
    @EnumSource
    void eachKeyAndProjectHasItsOwn(Sent sent) throws Exception {
        Set<Object> ids = new HashSet<>();
        for (Masking masking :
                List.of(Masking.NONE, masking(1, PROJECT), masking(2, PROJECT), masking(1, new UUID(7, 7)))) {
            RequestContext context = DecodedRequest.context(SpanLimits.DEFAULT, masking);
            Object id = sent.id(context);
            assertThat(sent.id(context)).as("sent again").isEqualTo(id);
            ids.add(id);
        }
        assertThat(ids).hasSize(4);
    }

    private static Masking masking(int secret, UUID project) {
        byte[] key = new byte[32];
        key[0] = (byte) secret;
        MaskingRules rules = new MaskingRules(Map.of(Detector.EMAIL, MaskAction.MASK), List.of(), List.of(), List.of());
        return ProjectMasking.of(rules, new KeyedHash(key, project), new MaskingCounts());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
