package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.wire.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A file that an SDK announces, and then uploads by itself. What it wrote into the input or output instead of the file names
 * it by its media id, which follows from its bytes.
 *
 * @param observationId empty where the file is the trace's
 * @param sha256 of its bytes, in hex
 * @param announcedAtMillis since the epoch
 */
public record MediaUpload(
        UUID project,
        String traceId,
        String observationId,
        String contentType,
        int contentLength,
        String sha256,
        long announcedAtMillis) {
    private static final String DIALECT = "langfuse";
    private static final int MEDIA_ID_CHARS = 22;
    private static final int LONGEST_ID = 400;
    private static final Pattern CONTENT_TYPE = Pattern.compile("[\\w.+-]{1,100}/[\\w.+-]{1,100}");

    /**
     * Reads the body of {@code POST /api/public/media}.
     *
     * @throws MalformedEnvelope when it announces no file, or one that cannot be taken
     */
    public static MediaUpload read(byte[] body, int length, int mostBytes, RequestContext context)
            throws MalformedEnvelope {
        String traceId = "";
        String observationId = "";
        String contentType = "";
        String hash = "";
        int contentLength = 0;
        try (JsonParser parser = new JsonBody(body, 0, length).parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is no JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "traceId" -> traceId = text(parser);
                    case "observationId" -> observationId = text(parser);
                    case "contentType" -> contentType = text(parser);
                    case "sha256Hash" -> hash = text(parser);
                    case "contentLength" -> contentLength = number(parser);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
        require(
                !traceId.isEmpty() && isId(traceId) && isId(observationId),
                "traceId, and observationId if there is one");
        require(CONTENT_TYPE.matcher(contentType).matches(), "contentType");
        require(contentLength > 0 && contentLength <= mostBytes, "contentLength, at most " + mostBytes);
        return new MediaUpload(
                context.project(),
                traceId,
                observationId,
                contentType,
                contentLength,
                hex(hash),
                context.receivedAtMillis());
    }

    private static String text(JsonParser parser) throws IOException {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        parser.skipChildren();
        return text;
    }

    private static int number(JsonParser parser) throws IOException {
        int number = parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : 0;
        parser.skipChildren();
        return number;
    }

    private static boolean isId(String id) {
        return id.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ID;
    }

    private static void require(boolean holds, String what) throws MalformedEnvelope {
        if (!holds) {
            throw new MalformedEnvelope("a file is announced with its " + what);
        }
    }

    private static String hex(String hash) throws MalformedEnvelope {
        try {
            byte[] sha256 = Base64.getDecoder().decode(hash);
            if (sha256.length == 32) {
                return HexFormat.of().formatHex(sha256);
            }
        } catch (IllegalArgumentException noBase64) {
            // As one of another length.
        }
        throw new MalformedEnvelope("a file is announced with its sha256Hash, in base64");
    }

    /** How the SDKs name it: the hash, as far as it fits. */
    public String mediaId() {
        String hash = Base64.getUrlEncoder().encodeToString(HexFormat.of().parseHex(sha256));
        return hash.substring(0, MEDIA_ID_CHARS);
    }

    /**
     * The message by which the observation, or the trace, refers to the file.
     *
     * @throws MalformedEnvelope when these are not the bytes that were announced
     */
    public RequestSpans decode(byte[] bytes, int length, RequestContext context) throws MalformedEnvelope {
        BlobId id = BlobId.of(LocalDate.EPOCH, bytes, 0, length);
        if (length != contentLength || !id.sha256().equals(sha256)) {
            throw new MalformedEnvelope("these are not the bytes that were announced");
        }
        RequestSpans spans = new RequestSpans(context, DIALECT, 1024);
        SpanDraft draft = spans.draft();
        draft.origin(spans.origin(Origin.getDefaultInstance()));
        // The same each time that the file is uploaded for the same observation.
        ByteBuffer message = hash(traceId, observationId, sha256);
        draft.partial(TimeUnit.MILLISECONDS.toNanos(announcedAtMillis), false, message.getLong(), message.getLong());
        // Announced again, it has another time, and another day in the name of its blob.
        draft.contentIs(hash(traceId, observationId, sha256, contentType).getLong());
        try {
            EventMessages.traceId(draft, project, traceId);
            if (!observationId.isEmpty()) {
                EventMessages.spanId(draft, project, observationId);
                draft.note();
            }
        } catch (MalformedSpan malformed) {
            throw new MalformedEnvelope(malformed.detail());
        }
        draft.file(mediaId(), contentType, bytes, 0, length);
        if (!spans.accept(0, draft)) {
            throw new MalformedEnvelope(spans.refusals().get(0).detail());
        }
        return spans;
    }

    private static ByteBuffer hash(String... said) {
        byte[] bytes = String.join("\0", said).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(HexFormat.of()
                .parseHex(BlobId.of(LocalDate.EPOCH, bytes, 0, bytes.length).sha256()));
    }
}
