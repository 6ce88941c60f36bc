package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;

/** A score that is a request of its own. It is no event and has no id of one: the hash of its bytes is the same each time. */
final class SingleScore {
    private SingleScore() {}

    /**
     * Takes the score, or fails: a request with one item that is refused is refused.
     *
     * @return the id of the score
     */
    static String take(RequestSpans spans, JsonBody body) throws MalformedEnvelope {
        ScoreBody score = new ScoreBody(spans.context().limits().maxNesting());
        try (JsonParser parser = body.parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is no JSON object in UTF-8");
            }
            score.read(new JsonCursor(parser, body.bytes(), body.from()));
            if (parser.nextToken() != null) {
                throw new MalformedEnvelope("something follows the score");
            }
            return accept(spans, score, body);
        } catch (MalformedSpan malformed) {
            throw new MalformedEnvelope(malformed.detail());
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
    }

    private static String accept(RequestSpans spans, ScoreBody score, JsonBody body)
            throws MalformedSpan, MalformedEnvelope {
        TraceId message = hash(body, spans.context().masking());
        String sent = score.id();
        String id = sent == null ? message.uuid().toString() : sent;
        if (sent == null) {
            score.id(id);
        }
        long saidAt = TimeUnit.MILLISECONDS.toNanos(spans.context().receivedAtMillis());
        SpanDraft draft = spans.draft();
        draft.origin(spans.origin(Origin.getDefaultInstance()));
        draft.partial(saidAt, false, message.high(), message.low());
        // Sent again, the same score arrives at another time.
        draft.contentIs(message.low());
        if (body.repaired()) {
            draft.mark(Mark.BAD_UTF8);
        }
        EventMessages.traceId(draft, spans.context().project(), score.traceId());
        score.keep(draft, saidAt);
        if (!spans.accept(0, draft)) {
            throw new MalformedEnvelope(spans.refusals().get(0).detail());
        }
        return id;
    }

    private static TraceId hash(JsonBody body, Masking masking) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(body.bytes(), body.from(), body.end() - body.from());
            ByteBuffer hash = ByteBuffer.wrap(masking.keyed(digest.digest()));
            return new TraceId(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
