package io.millrace.ingest.http;

import io.millrace.ingest.langfuse.MediaTickets;
import io.millrace.ingest.langfuse.MediaUpload;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/** Files of Langfuse's SDKs: what announces one, which is answered with where to upload it, and what uploads it. */
final class MediaDecoding {
    private MediaDecoding() {}

    /**
     * @param uploads the URL before the ticket
     * @param mostBytes of a file
     */
    record Announcement(MediaTickets tickets, String uploads, int mostBytes, RequestContext context)
            implements Decoding {
        @Override
        public ContentType contentType() {
            return ContentType.JSON;
        }

        @Override
        public RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
            MediaUpload upload = MediaUpload.read(bytes, length, mostBytes, context);
            RequestSpans none = new RequestSpans(context, Endpoint.LANGFUSE_MEDIA.dialect(), 0);
            none.receipt(new JsonObject()
                    .put("mediaId", upload.mediaId())
                    .put("uploadUrl", uploads + tickets.of(upload))
                    .toBuffer()
                    .getBytes());
            return none;
        }

        @Override
        public int loopBytes() {
            return 64 * 1024;
        }

        @Override
        public long memory(int length) {
            return 2L * length;
        }
    }

    /** The file itself. */
    record Upload(MediaUpload announced, RequestContext context) implements Decoding {
        @Override
        public ContentType contentType() {
            return ContentType.JSON;
        }

        @Override
        public RequestSpans decode(byte[] bytes, int length) throws MalformedEnvelope {
            return announced.decode(bytes, length, context);
        }

        /** It is hashed twice. */
        @Override
        public int loopBytes() {
            return 128 * 1024;
        }

        @Override
        public long memory(int length) {
            return length;
        }
    }

    /** Where this edge takes uploads, as the client of {@code request} knows it, whatever prefix it uses. */
    static String uploads(HttpServerRequest request) {
        String path = String.valueOf(request.path());
        String forwarded = request.getHeader("X-Forwarded-Proto");
        String scheme = "https".equals(forwarded) ? forwarded : request.scheme();
        String prefix = path.substring(0, Math.max(0, path.lastIndexOf("/api/public/")));
        return scheme + "://" + request.authority() + prefix + "/api/public/media/uploads/";
    }
}
