package io.millrace.ingest.langfuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.schema.wire.Event;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SingleScoreTest {
    private static final String SCORE = "{'traceId':'t','name':'helpful','value':1,'comment':'good'}";

    @Test
    void isKeptWithItsTrace() throws MalformedEnvelope {
        RequestSpans spans = decode("{'id':'s1','traceId':'t','name':'helpful','value':true}");
        assertThat(answer(spans)).isEqualTo("{\"id\":\"s1\"}");
        Span message = new DecodedRequest(spans).only();
        assertThat(message.message().getSpanId().isEmpty()).isTrue();
        assertThat(message.message().getExternalTraceId()).isEqualTo("t");
        Event score = message.body().getEvents(0);
        assertThat(score.getName()).isEqualTo("score");
        assertThat(score.getAttributesList())
                .extracting(attribute -> attribute.getKey())
                .containsExactly("id", "name", "value");
        assertThat(score.getTimeUnixNano())
                .isEqualTo(message.message().getPartial().getAtNanos())
                .isEqualTo(DecodedRequest.RECEIVED.getEpochSecond() * 1_000_000_000L);
    }

    @Test
    void hasTheSameIdEachTime() throws MalformedEnvelope {
        RequestSpans once = decode(SCORE);
        RequestSpans again = decode(SCORE);
        assertThat(answer(once)).isEqualTo(answer(again));
        assertThat(UUID.fromString(answer(once).substring(7, 43))).isNotNull();
        assertThat(new DecodedRequest(once).only().message())
                .isEqualTo(new DecodedRequest(again).only().message());
        assertThat(answer(decode(SCORE.replace("1", "2")))).isNotEqualTo(answer(once));
    }

    @Test
    void isTheSameWheneverItArrives() throws MalformedEnvelope {
        Span now = new DecodedRequest(decode(SCORE)).only();
        RequestContext known = DecodedRequest.CONTEXT;
        RequestContext later = new RequestContext(
                known.project(),
                known.receivedAtMillis() + 1_500,
                known.retention(),
                known.limits(),
                known.masking(),
                known.sampling(),
                known.payloads());
        byte[] body = Batch.utf8(SCORE);
        Span again = new DecodedRequest(LangfuseEvents.decodeScore(body, 0, body.length, later)).only();
        assertThat(again.message().getPartial().getAtNanos())
                .isGreaterThan(now.message().getPartial().getAtNanos());
        assertThat(again.message().getPartial().getId())
                .isEqualTo(now.message().getPartial().getId());
        assertThat(again.message().getContentHash()).isEqualTo(now.message().getContentHash());
        assertThat(new DecodedRequest(decode(SCORE.replace("1", "2")))
                        .only()
                        .message()
                        .getContentHash())
                .isNotEqualTo(now.message().getContentHash());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | a score has the id of a trace",
                "{'traceId':'t','value':1} | a score has a name and a value",
                "{'traceId':'t','name':'n'} | a score has a name and a value",
                "{'sessionId':'s','name':'n','value':1} | scores of sessions are not taken",
                "{'traceId':'t','name':'n','value':1,'timestamp':'x'} | the timestamp of a score is no RFC 3339 time",
                "[] | the body is no JSON object",
                "{'traceId':'t'}{} | something follows the score",
                "{'traceId' | the body is no JSON",
            })
    void whatIsNoScoreIsRefusedAsAWhole(String body, String reason) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageStartingWith(reason);
    }

    private static RequestSpans decode(String score) throws MalformedEnvelope {
        byte[] body = Batch.utf8(score);
        return LangfuseEvents.decodeScore(body, 0, body.length, DecodedRequest.CONTEXT);
    }

    private static String answer(RequestSpans spans) {
        return new String(spans.receipt(), StandardCharsets.UTF_8);
    }
}
