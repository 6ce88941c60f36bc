package io.millrace.ingest.http;

import io.millrace.ingest.admission.Admission;
import io.millrace.ingest.langfuse.MediaTickets;
import io.millrace.ingest.limit.Limiter;
import io.millrace.ingest.log.SpanLog;
import io.millrace.ingest.metric.IngestMetrics;
import io.millrace.ingest.share.FairShare;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;

/**
 * What all requests share.
 *
 * @param clock gives {@code received_at}
 * @param alarm rings when an answer is due
 * @param memory what bodies may hold
 * @param deliveries what bodies of webhooks may hold before they are known to be from whom they say
 * @param limiter counts what senders with limits send
 * @param blobs where large payloads and files go
 * @param tickets let files be uploaded
 * @param workers decode bodies that are too large for an event loop
 */
public record IngestParts(
        Limits limits,
        Clock clock,
        Alarm alarm,
        Gate gate,
        Admission admission,
        FairShare memory,
        FairShare deliveries,
        SpanLog log,
        Limiter limiter,
        BlobWrites blobs,
        MediaTickets tickets,
        IngestMetrics metrics,
        WorkerExecutor workers) {}
