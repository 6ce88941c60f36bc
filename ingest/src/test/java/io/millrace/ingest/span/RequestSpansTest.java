package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.nativespan.NativeSpans;
import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanMessage;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RequestSpansTest {
    private static final long NOW = TimeUnit.MILLISECONDS.toNanos(DecodedRequest.RECEIVED.toEpochMilli());
    private static final long DAY = TimeUnit.DAYS.toNanos(1);

    /** Of texts of one hash code; each of them doubles how many there are. */
    private static final int BLOCKS = 17;

    private final RequestSpans request = new RequestSpans(DecodedRequest.CONTEXT, "otlp", 0);

    @Test
    void oneRecordHoldsProjectTimeDialectOriginsAndSpans() {
        int first = request.origin(origin("checkout"));
        int second = request.origin(origin("search"));
        accept(first, 1);
        accept(second, 2);
        accept(first, 3);

        List<EncodedRecord> records = request.records(1 << 20);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).counts().getAccepted()).isEqualTo(3);
        SpanBatch batch = DecodedRequest.parse(records.get(0));
        ByteBuffer project = batch.getProject().asReadOnlyByteBuffer();
        assertThat(project.getLong()).isEqualTo(0x0191e6a000007000L);
        assertThat(project.getLong()).isEqualTo(0x8000000000000001L);
        assertThat(batch.getReceivedAtMillis()).isEqualTo(DecodedRequest.RECEIVED.toEpochMilli());
        assertThat(batch.getDialect()).isEqualTo("otlp");
        assertThat(services(batch)).containsExactlyInAnyOrder("1 checkout", "2 search", "3 checkout");
    }

    /** While it waits for the log, only its records are counted. */
    @Test
    void whatForgetsItsSpansHoldsNothingOfTheirBody() throws MalformedEnvelope {
        List<WeakReference<byte[]>> held = new ArrayList<>();
        RequestSpans spans = decoded(held);
        spans.forget();

        await().atMost(Duration.ofSeconds(100)).until(() -> {
            System.gc();
            return held.stream().allMatch(one -> one.get() == null);
        });
        assertThat(spans.accepted()).isEqualTo(1);
        assertThat(spans.refused()).isEqualTo(1);
        assertThat(spans.refusals()).hasSize(1);
        assertThat(spans.context().project()).isEqualTo(DecodedRequest.PROJECT);
        assertThatThrownBy(spans::draft).isInstanceOf(IllegalStateException.class);
    }

    private static RequestSpans decoded(List<WeakReference<byte[]>> held) throws MalformedEnvelope {
        String span = "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"id\":\"b7ad6b7169203331\","
                + "\"start\":1795211985359000000,\"end\":1795211985360000000,\"name\":\"n\",\"input\":\"%s\"}";
        byte[] body = ("[" + span.formatted("x".repeat(5_000)) + ",{}]").getBytes(StandardCharsets.UTF_8);
        RequestContext context = DecodedRequest.context(
                SpanLimits.DEFAULT, Masking.NONE, BodySampling.ALL, new LargePayloads(100, 1_000, 10));
        RequestSpans spans = NativeSpans.decode(body, 0, body.length, false, context);
        held.add(new WeakReference<>(body));
        held.add(new WeakReference<>(spans.blobs().get(0).bytes()));
        assertThat(spans.records(1 << 20)).hasSize(1);
        return spans;
    }

    @Test
    void equalOriginsShareOneIndex() {
        assertThat(request.origin(origin("a"))).isEqualTo(request.origin(origin("a")));
        assertThat(request.origin(origin("b"))).isNotEqualTo(request.origin(origin("a")));
    }

    /** So many that looking through all of them for each outlasts the limit of any test. */
    @Test
    void originsOfOneHashCodeAreToldApartWithoutLookingAtAll() {
        for (int i = 0; i < 1 << BLOCKS; i++) {
            assertThat(request.origin(origin(ofOneHashCode(i)))).isEqualTo(i);
        }
        assertThat(request.origin(origin(ofOneHashCode(12_345)))).isEqualTo(12_345);
    }

    private static String ofOneHashCode(int number) {
        StringBuilder text = new StringBuilder();
        for (int block = 0; block < BLOCKS; block++) {
            text.append((number >>> block & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    @Test
    void recordsAreCutBySizeAndEachNamesItsOwnOrigins() {
        int[] origins = {request.origin(origin("a")), request.origin(origin("b")), request.origin(origin("c"))};
        for (int i = 0; i < 60; i++) {
            accept(origins[i % 3], i + 1);
        }

        List<EncodedRecord> records = request.records(600);

        List<String> all = new ArrayList<>();
        int accepted = 0;
        for (EncodedRecord record : records) {
            assertThat(record.value().length).isLessThanOrEqualTo(600);
            SpanBatch batch = DecodedRequest.parse(record);
            assertThat(batch.getSpansCount()).isEqualTo(record.counts().getAccepted());
            all.addAll(services(batch));
            accepted += record.counts().getAccepted();
        }
        assertThat(records.size()).isGreaterThan(5);
        assertThat(accepted).isEqualTo(60);
        assertThat(all).hasSize(60).doesNotHaveDuplicates().contains("1 a", "2 b", "3 c", "59 b", "60 c");
    }

    /** Without grouping by origin, each record of such a request would repeat every origin. */
    @Test
    void alternatingOriginsAreNotRepeatedInEveryRecord() {
        String name = "s".repeat(900);
        int[] origins = new int[20];
        for (int i = 0; i < origins.length; i++) {
            origins[i] = request.origin(origin(name + i));
        }
        for (int i = 0; i < 4000; i++) {
            accept(origins[i % origins.length], i + 1);
        }

        long bytes = request.records(4096).stream()
                .mapToLong(record -> record.value().length)
                .sum();

        // 4,000 spans of about 70 bytes, 20 origins of about 900, and one repeated origin per record of 4 KiB.
        assertThat(bytes).isLessThan(450_000);
    }

    @Test
    void aSpanLargerThanARecordHasOneOfItsOwn() {
        int origin = request.origin(origin("a"));
        accept(origin, 1);
        SpanDraft large = draft(origin, 2);
        large.text(TextField.INPUT, "x".repeat(5000));
        request.accept(1, large);
        accept(origin, 3);

        assertThat(request.records(1000).stream().map(record -> record.counts().getAccepted()))
                .containsExactly(1, 1, 1);
    }

    @Test
    void theFirstRecordCarriesWhatWasRefusedAndIgnored() {
        int origin = request.origin(origin("a"));
        for (int i = 0; i < 20; i++) {
            accept(origin, i + 1);
        }
        request.refuse(20, "aa", null, RefusalReason.MALFORMED, "broken");
        request.refuse(21, null, null, RefusalReason.MALFORMED, "broken");
        request.ignore("metrics", 3);

        List<EncodedRecord> records = request.records(500);

        assertThat(records.size()).isGreaterThan(1);
        assertThat(records.get(0).counts().getRefusedMap())
                .containsOnlyKeys("malformed")
                .containsEntry("malformed", 2);
        assertThat(records.get(0).counts().getIgnoredMap())
                .containsOnlyKeys("metrics")
                .containsEntry("metrics", 3);
        assertThat(records.get(1).counts().getRefusedMap()).isEmpty();
        assertThat(records.get(1).counts().getIgnoredMap()).isEmpty();
        assertThat(request.refusals())
                .containsExactly(
                        new Refusal(20, "aa", null, RefusalReason.MALFORMED, "broken"),
                        new Refusal(21, null, null, RefusalReason.MALFORMED, "broken"));
    }

    @Test
    void nothingAcceptedStillMakesARecordOfCounts() {
        request.ignore("logs", 7);

        List<EncodedRecord> records = request.records(1 << 20);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).value()).isEmpty();
        assertThat(records.get(0).counts().getAccepted()).isZero();
        assertThat(records.get(0).counts().getIgnoredMap()).containsEntry("logs", 7);
        assertThat(records.get(0).counts().getProject().size()).isEqualTo(16);
    }

    @Test
    void anEmptyRequestMakesNoRecord() {
        assertThat(request.records(1 << 20)).isEmpty();
    }

    @Test
    void refusesWhatEndedBeforeTheRetention() {
        int origin = request.origin(origin("a"));
        SpanDraft old = draft(origin, 1);
        old.times(NOW - 31 * DAY, NOW - 30 * DAY - 1);
        SpanDraft unused = old;
        assertThat(request.accept(0, unused)).isFalse();
        SpanDraft kept = draft(origin, 2);
        kept.times(NOW - 31 * DAY, NOW - 30 * DAY);
        assertThat(request.accept(1, kept)).isTrue();

        assertThat(request.refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_OLD);
    }

    @Test
    void refusesWhatIsTooLarge() {
        SpanLimits limits = new SpanLimits(1 << 20, 1024, 10_000, 1000, 1000, 30, 64, 10, 100_000);
        RequestSpans small = new RequestSpans(DecodedRequest.context(limits, Masking.NONE), "otlp", 0);
        int origin = small.origin(origin("a"));
        SpanDraft large = fill(small.draft(), origin, 1);
        large.text(TextField.OUTPUT, "x".repeat(10_001));
        assertThat(small.accept(0, large)).isFalse();
        assertThat(small.refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_LARGE);
    }

    @Test
    void namesOnlySoManyRefusalsAndCountsAll() {
        SpanLimits limits = new SpanLimits(1 << 20, 1024, 10_000, 1000, 1000, 30, 64, 2, 100_000);
        RequestSpans small = new RequestSpans(DecodedRequest.context(limits, Masking.NONE), "otlp", 0);
        for (int i = 0; i < 5; i++) {
            small.refuse(i, null, null, RefusalReason.MALFORMED, "broken");
        }
        assertThat(small.refusals()).hasSize(2);
        assertThat(small.refused()).isEqualTo(5);
        assertThat(small.records(1000).get(0).counts().getRefusedMap()).containsEntry("malformed", 5);
    }

    @Test
    void endsAtAnItemMoreThanThereMayBe() {
        SpanLimits limits = SpanLimits.DEFAULT.withMaxItems(3);
        RequestSpans small = new RequestSpans(DecodedRequest.context(limits, Masking.NONE), "otlp", 0);
        int origin = small.origin(origin("a"));
        assertThat(small.accept(0, fill(small.draft(), origin, 1))).isTrue();
        small.refuse(1, null, null, RefusalReason.MALFORMED, "broken");
        assertThat(small.accept(2, fill(small.draft(), origin, 3))).isTrue();

        assertThatThrownBy(() -> small.accept(3, fill(small.draft(), origin, 4)))
                .isInstanceOf(TooManyItems.class)
                .hasMessage("at most 3 spans");
        assertThatThrownBy(() -> small.refuse(3, null, null, RefusalReason.MALFORMED, "broken"))
                .isInstanceOf(TooManyItems.class);
    }

    @Test
    void namesARefusedItemByTheBeginningOfALongId() {
        request.refuse(0, "t".repeat(1_000_000), null, RefusalReason.MALFORMED, "broken");
        assertThat(request.refusals().get(0).traceId()).isEqualTo("t".repeat(200) + "…");
        assertThat(request.toldBytes()).isBetween(200L, 1_000L);
    }

    @Test
    void contentDecidesTheHashAndTheOriginsPlaceDoesNot() {
        int first = request.origin(origin("a"));
        int second = request.origin(origin("b"));
        accept(first, 1);
        accept(second, 1);
        accept(second, 2);

        List<SpanMessage> spans =
                DecodedRequest.parse(request.records(1 << 20).get(0)).getSpansList();

        assertThat(spans.get(0).getContentHash()).isEqualTo(spans.get(1).getContentHash());
        assertThat(spans.get(2).getContentHash()).isNotEqualTo(spans.get(1).getContentHash());
        assertThat(spans.get(0).getContentHash()).isNotZero();
    }

    @Test
    void anOriginThatWasNotRegisteredIsAMistakeOfTheDecoder() {
        SpanDraft span = draft(3, 1);
        assertThatThrownBy(() -> request.accept(0, span)).isInstanceOf(IllegalArgumentException.class);
    }

    private void accept(int origin, long id) {
        assertThat(request.accept((int) id - 1, draft(origin, id))).isTrue();
    }

    private SpanDraft draft(int origin, long id) {
        return fill(request.draft(), origin, id);
    }

    private static SpanDraft fill(SpanDraft draft, int origin, long id) {
        draft.origin(origin);
        draft.traceId(1, 2);
        draft.spanId(0, id, false);
        draft.times(NOW - 1000, NOW);
        return draft;
    }

    private static Origin origin(String service) {
        return Origin.newBuilder().setServiceName(service).build();
    }

    private static List<String> services(SpanBatch batch) {
        return batch.getSpansList().stream()
                .map(span -> span.getSpanId().asReadOnlyByteBuffer().getLong() + " "
                        + batch.getOrigins(span.getOrigin()).getServiceName())
                .toList();
    }
}
