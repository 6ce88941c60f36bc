package io.millrace.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.UsageMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordSplitterTest {
    private static final ByteString PROJECT = ByteString.copyFrom(new TraceId(1, 2).bytes());
    private static final TraceId TRACE = new TraceId(7, 7);
    private static final SpanId SPAN = new SpanId(0, 5, false);
    private static final long NOON_MILLIS = 1_795_176_000_000L;
    private static final long NOON = NOON_MILLIS * 1_000_000;

    private final RecordSplitter splitter = new RecordSplitter(SpanPricing.shipped());

    @AfterEach
    void close() {
        splitter.close();
    }

    @Test
    void aWholeSpanHasItsPriceAndNoParts() {
        SpanFact fact = split(whole()).facts().get(0);
        assertThat(fact.partials()).isNull();
        assertThat(fact.cost().pico()).isEqualTo(2_500_000_000_000L);
        assertThat(fact.windowAtNanos()).isEqualTo(NOON + 1);
    }

    @Test
    void aMessageOfASpanSentInPartsIsWhatItSaysByItself() throws Exception {
        SpanMessage.Builder message = whole().clearEndNanos().setPartial(partial());
        RecordSplitter.Parts parts = split(message);
        SpanFact fact = parts.facts().get(0);
        assertThat(fact.isComplete()).isFalse();
        assertThat(fact.partials()).isNotNull();
        assertThat(fact.cost().pico()).isNull();
        assertThat(fact.environment()).isEqualTo("eu");
        assertThat(fact.service()).isEqualTo("shop");
        assertThat(fact.windowAtNanos()).isEqualTo((NOON_MILLIS + 500) * 1_000_000);
        assertThat(fact.message().getBody()).isEqualTo(ByteString.EMPTY);
        Body body = onlyBody(parts);
        assertThat(body.getPartial()).isEqualTo(partial());
        assertThat(SpanBody.parseFrom(body.getBody()).getInput()).isEqualTo("in");
    }

    @Test
    void aMessageAboutTheTraceItselfHasNoSpan() throws Exception {
        RecordSplitter.Parts parts = split(whole().clearSpanId().clearEndNanos().setPartial(partial()));
        assertThat(parts.quarantined()).isFalse();
        assertThat(parts.facts().get(0).isOfTrace()).isTrue();
        assertThat(parts.facts().get(0).trace()).isEqualTo(TRACE);
        assertThat(onlyBody(parts).getSpanId().isEmpty()).isTrue();
    }

    @Test
    void aNoteIsAMessageAboutTheTraceAndItsBodyIsItsSpans() throws Exception {
        PartialMessage note = partial().toBuilder().setNote(true).build();
        RecordSplitter.Parts parts = split(whole().setPartial(note));
        SpanFact fact = parts.facts().get(0);
        assertThat(fact.isOfTrace()).isTrue();
        assertThat(fact.trace()).isEqualTo(TRACE);
        assertThat(fact.message().getName()).isEmpty();
        assertThat(fact.environment()).isEmpty();
        assertThat(fact.usage()).isNull();
        assertThat(onlyBody(parts).getSpanId()).isEqualTo(ByteString.copyFrom(SPAN.bytes()));
        assertThat(onlyBody(parts).getPartial()).isEqualTo(note);
    }

    @Test
    void aWholeSpanWithoutAnIdIsQuarantined() {
        assertThat(split(whole().clearSpanId()).quarantined()).isTrue();
    }

    private static Body onlyBody(RecordSplitter.Parts parts) throws Exception {
        byte[] block = parts.bodies().get(0).block();
        return BodyBlock.parseFrom(Zstd.decompress(block, (int) Zstd.getFrameContentSize(block)))
                .getBodies(0);
    }

    private static PartialMessage partial() {
        return PartialMessage.newBuilder()
                .setAtNanos(NOON)
                .setId(ByteString.copyFrom(new TraceId(3, 3).bytes()))
                .build();
    }

    private static SpanMessage.Builder whole() {
        return SpanMessage.newBuilder()
                .setTraceId(ByteString.copyFrom(TRACE.bytes()))
                .setSpanId(ByteString.copyFrom(SPAN.bytes()))
                .setName("chat")
                .setStartNanos(NOON)
                .setEndNanos(NOON + 1)
                .setProvider("openai")
                .setResponseModel("gpt-4o")
                .setUsage(UsageMessage.newBuilder().setInput(1_000_000))
                .setContentHash(9)
                .setBody(SpanBody.newBuilder().setInput("in").build().toByteString());
    }

    private RecordSplitter.Parts split(SpanMessage.Builder span) {
        SpanBatch batch = SpanBatch.newBuilder()
                .setProject(PROJECT)
                .addOrigins(Origin.newBuilder().setServiceName("shop").setEnvironment("eu"))
                .addSpans(span)
                .build();
        Counts counts = Counts.newBuilder().setProject(PROJECT).setAccepted(1).build();
        return splitter.split(new LogRecord(
                0, 4, NOON_MILLIS + 500, LogRecord.NO_TICK, counts.toByteArray(), null, batch.toByteArray()));
    }
}
