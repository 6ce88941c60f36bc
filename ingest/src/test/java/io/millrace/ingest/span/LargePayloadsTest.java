package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes to the blob store, and what of it stays in the span. */
class LargePayloadsTest {
    private static final LargePayloads SMALL = new LargePayloads(100, 1_000, 10);
    private static final Instant END = Instant.parse("2026-11-20T21:59:30Z");

    private final TraceId trace = new TraceId(1, 2);

    @Test
    void aPayloadOverTheSizeGoesWholeAndItsBeginningStays() {
        // Given
        RequestSpans spans = request(Masking.NONE, SMALL);
        String long101 = "{" + "é".repeat(49) + " }";

        // When
        DecodedRequest decoded = decode(spans, draft -> {
            text(draft, TextField.INPUT, "x".repeat(100));
            text(draft, TextField.OUTPUT, long101);
        });

        // Then
        assertThat(decoded.only().body().getInput()).hasSize(100);
        assertThat(decoded.only().body().hasInputBlob()).isFalse();
        assertThat(decoded.only().body().getOutput())
                .as("cut between characters")
                .isEqualTo("{éééé");
        BlobReference reference = decoded.only().body().getOutputBlob();
        assertThat(reference.getBytes()).isEqualTo(101);
        assertThat(reference.getMediaType()).isEqualTo("application/json");
        SpanBlob blob = spans.blobs().get(0);
        assertThat(spans.blobs()).hasSize(1);
        assertThat(new String(blob.bytes(), StandardCharsets.UTF_8)).isEqualTo(long101);
        assertThat(reference.getId()).isEqualTo(blob.id().toString()).startsWith("20261120-");
        assertThat(decoded.only().marks()).doesNotContain("truncated");
    }

    @Test
    void whatIsOverEvenThatSizeIsCutAndMarked() {
        // Given
        RequestSpans spans = request(Masking.NONE, SMALL);

        // When
        DecodedRequest decoded = decode(spans, draft -> text(draft, TextField.INPUT, "y".repeat(1_001)));

        // Then
        assertThat(decoded.only().body().getInputBlob().getBytes()).isEqualTo(1_000);
        assertThat(decoded.only().body().getInputBlob().getMediaType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(decoded.only().marks()).contains("truncated");
    }

    @Test
    void withoutAStoreNothingIsTakenOut() {
        // Given
        RequestSpans spans = request(Masking.NONE, LargePayloads.NONE);

        // When
        DecodedRequest decoded = decode(spans, draft -> text(draft, TextField.INPUT, "y".repeat(5_000)));

        // Then
        assertThat(decoded.only().body().getInput()).hasSize(5_000);
        assertThat(spans.blobs()).isEmpty();
    }

    @Test
    void masksBeforeAnythingIsTakenOut() {
        // Given
        Masking hidesSecret = (utf8, from, to) -> new Masking.Masked(
                new String(utf8, from, to - from, StandardCharsets.UTF_8)
                        .replace("secret", "***")
                        .getBytes(StandardCharsets.UTF_8),
                false);
        RequestSpans spans = request(hidesSecret, SMALL);

        // When
        DecodedRequest decoded =
                decode(spans, draft -> text(draft, TextField.INPUT, "a".repeat(200) + "secret" + "b".repeat(200)));

        // Then
        assertThat(new String(spans.blobs().get(0).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("a".repeat(200) + "***" + "b".repeat(200));
        assertThat(decoded.only().marks()).contains("masked");
    }

    @Test
    void aSpanThatLosesItsPayloadLeavesNoneInTheStore() {
        // Given
        Masking drops = (utf8, from, to) ->
                new Masking.Masked(new String(utf8, from, to - from, StandardCharsets.UTF_8).getBytes(), true);
        RequestSpans spans = request(drops, SMALL);

        // When
        DecodedRequest decoded = decode(spans, draft -> {
            text(draft, TextField.INPUT, "a".repeat(200));
            draft.file("f", "image/png", new byte[5], 0, 5);
        });

        // Then
        assertThat(spans.blobs()).isEmpty();
        assertThat(decoded.only().body().getInput()).isEmpty();
        assertThat(decoded.only().body().hasInputBlob()).isFalse();
        assertThat(decoded.only().body().getAttachmentsList()).isEmpty();
    }

    @Test
    void aBodyThatIsNotInTheSampleLeavesNoneInTheStore() {
        // Given
        RequestSpans spans = new RequestSpans(
                DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, new BodySampling(0, false), SMALL),
                "test",
                64);

        // When
        DecodedRequest decoded = decode(spans, draft -> text(draft, TextField.INPUT, "a".repeat(200)));

        // Then
        assertThat(spans.blobs()).isEmpty();
        assertThat(decoded.only().marks()).contains("sampled_out");
    }

    @Test
    void aRefusedSpanLeavesNoneInTheStore() {
        // Given
        RequestSpans spans = request(Masking.NONE, SMALL);

        // When
        decode(spans, draft -> {
            text(draft, TextField.INPUT, "a".repeat(200));
            draft.times(0, 1);
        });

        // Then
        assertThat(spans.refused()).isEqualTo(1);
        assertThat(spans.blobs()).isEmpty();
    }

    @Test
    void filesKeepTheirBytesTheirNamesAndTheirTypes() {
        // Given
        RequestSpans spans = request(Masking.NONE, SMALL);
        byte[] source = {9, 1, 2, (byte) 0xFF, 9};

        // When
        DecodedRequest decoded = decode(spans, draft -> {
            draft.file("cat.png", "image/png", source, 1, 3);
            draft.file("odd", "text/html\r\nx-evil: 1", source, 0, 1);
        });

        // Then
        assertThat(decoded.only().body().getAttachmentsList())
                .extracting(BlobReference::getName, BlobReference::getMediaType, BlobReference::getBytes)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("cat.png", "image/png", 3L),
                        org.assertj.core.groups.Tuple.tuple("odd", "application/octet-stream", 1L));
        assertThat(spans.blobs().get(0).bytes()).containsExactly(1, 2, 0xFF);
    }

    @Test
    void theSameSpanIsTheSameOnALaterDay() {
        // Given
        RequestSpans first = request(Masking.NONE, SMALL);
        RequestContext context = DecodedRequest.CONTEXT;
        RequestSpans later = new RequestSpans(
                new RequestContext(
                        context.project(),
                        context.receivedAtMillis() + Duration.ofDays(2).toMillis(),
                        context.retention(),
                        context.limits(),
                        context.masking(),
                        context.sampling(),
                        SMALL),
                "test",
                64);

        // When
        DecodedRequest one = decode(first, draft -> text(draft, TextField.INPUT, "a".repeat(200)));
        DecodedRequest other = decode(later, draft -> text(draft, TextField.INPUT, "a".repeat(200)));

        // Then
        assertThat(other.only().message().getContentHash())
                .isEqualTo(one.only().message().getContentHash());
        assertThat(other.only().body()).isEqualTo(one.only().body());
    }

    @Test
    void aTimeThatCannotBeIsThatOfTheRequest() {
        // Given
        RequestSpans spans = request(Masking.NONE, SMALL);
        Instant future = DecodedRequest.RECEIVED.plus(Duration.ofDays(400));

        // When
        decode(spans, draft -> {
            text(draft, TextField.INPUT, "a".repeat(200));
            draft.times(nanos(future), nanos(future));
        });

        // Then
        assertThat(spans.blobs())
                .extracting(blob -> BlobId.format(blob.id().day()))
                .containsExactly("20261120");
    }

    @Test
    void theSizeOfASpanIsThatOfWhatStaysInIt() {
        // Given
        SpanLimits limits = new SpanLimits(1 << 20, 1024, 2_000, 1000, 1000, 30, 64, 10, 100_000);
        RequestSpans spans = new RequestSpans(
                DecodedRequest.context(limits, Masking.NONE, BodySampling.ALL, new LargePayloads(100, 100_000, 10)),
                "test",
                64);

        // When
        DecodedRequest decoded = decode(spans, draft -> text(draft, TextField.INPUT, "a".repeat(50_000)));

        // Then
        assertThat(decoded.only().body().getInputBlob().getBytes()).isEqualTo(50_000);
    }

    private RequestSpans request(Masking masking, LargePayloads payloads) {
        return new RequestSpans(
                DecodedRequest.context(SpanLimits.DEFAULT, masking, BodySampling.ALL, payloads), "test", 64);
    }

    private interface Filling {
        void fill(SpanDraft draft);
    }

    private DecodedRequest decode(RequestSpans spans, Filling filling) {
        spans.origin(Origin.getDefaultInstance());
        SpanDraft draft = spans.draft();
        draft.traceId(trace.high(), trace.low());
        draft.spanId(0, 7, false);
        draft.times(nanos(END), nanos(END));
        filling.fill(draft);
        spans.accept(0, draft);
        return new DecodedRequest(spans);
    }

    private static void text(SpanDraft draft, TextField field, String text) {
        draft.text(field, text);
    }

    private static long nanos(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond());
    }
}
