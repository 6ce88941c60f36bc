package io.millrace.ingest.http;

import io.millrace.ingest.langsmith.RunAnswer;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** What LangSmith's clients are answered. */
final class LangSmithAnswer {
    private static final int ACCEPTED = 202;

    /** What the original says; the SDKs cut their batches by it. */
    private static final int MOST_BATCH_BYTES = 20 << 20;

    private LangSmithAnswer() {}

    /**
     * An answer to items that are durable. That the only item of a request was refused is told by the status, since no
     * SDK reads an answer that says success.
     */
    static Answer taken(Endpoint endpoint, RequestSpans items) {
        boolean batch = endpoint == Endpoint.LANGSMITH_FORM || endpoint == Endpoint.LANGSMITH_BATCH;
        if (!batch && items.refused() > 0) {
            return Answer.problem(Failure.NOTHING_TAKEN.because(RunAnswer.reason(items)));
        }
        if (endpoint == Endpoint.LANGSMITH_FEEDBACK) {
            return Answer.ok(ContentType.JSON.mime(), items.receipt());
        }
        return new Answer(ACCEPTED, ContentType.JSON.mime(), Buffer.buffer(RunAnswer.of(items)), 0);
    }

    /**
     * What the SDKs ask before they send: how they may.
     *
     * @param wireBytes the most bytes of a body as it arrives
     */
    static Answer info(int wireBytes) {
        JsonObject batch = new JsonObject()
                .put("use_multipart_endpoint", true)
                .put("size_limit", 100)
                // They count the runs, and not what stands around them.
                .put("size_limit_bytes", Math.min(MOST_BATCH_BYTES, wireBytes - wireBytes / 4))
                .put("scale_up_qsize_trigger", 1000)
                .put("scale_up_nthreads_limit", 16)
                .put("scale_down_nempty_trigger", 4);
        JsonObject flags = new JsonObject().put("gzip_body_enabled", true).put("zstd_compression_enabled", true);
        return Answer.json(
                200,
                new JsonObject()
                        .put("version", "0.13.0")
                        .put("batch_ingest_config", batch)
                        .put("instance_flags", flags));
    }
}
