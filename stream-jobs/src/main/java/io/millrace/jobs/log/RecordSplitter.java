package io.millrace.jobs.log;

import com.github.luben.zstd.ZstdCompressCtx;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.assembly.SpanFactSerializer;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.jobs.store.BodyRow;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes a record apart: what it declares for the ledger, its spans priced, and their bodies in one compressed block per
 * trace. A record that cannot be understood is accounted for as quarantined; it never stops the job.
 *
 * <p>Not for use by several threads: the compressor is kept.
 */
public final class RecordSplitter implements AutoCloseable {
    /** Why a record is quarantined whose value is no span batch. */
    public static final String UNDECODABLE = "undecodable";

    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int LEVEL = 1;
    /** Longer names, models and the like are cut: they become dimensions of series. */
    private static final int MAX_TEXT = 512;

    private final SpanPricing pricing;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL);

    /**
     * What was in a record.
     *
     * @param quarantined the record could not be understood and belongs on the topic of rejected records
     */
    public record Parts(Account account, List<SpanFact> facts, List<BodyRow> bodies, boolean quarantined) {}

    public RecordSplitter(SpanPricing pricing) {
        this.pricing = pricing;
    }

    /** Takes apart a record that is no tick. */
    public Parts split(LogRecord record) {
        Counts counts = null;
        try {
            counts = counts(record);
            return understand(record, counts);
        } catch (IOException | IllegalArgumentException e) {
            return quarantine(record, counts);
        }
    }

    private Parts understand(LogRecord record, Counts counts) throws IOException {
        UUID project = uuid(counts.getProject());
        List<SpanFact> facts = new ArrayList<>(counts.getAccepted());
        List<BodyRow> bodies = List.of();
        if (record.value().length > 0) {
            CodedInputStream in = CodedInputStream.newInstance(record.value());
            in.enableAliasing(true);
            SpanBatch batch = SpanBatch.parseFrom(in);
            Map<TraceId, BodyBlock.Builder> blocks = new LinkedHashMap<>();
            Map<TraceId, BitSet> origins = new HashMap<>();
            for (SpanMessage span : batch.getSpansList()) {
                SpanFact fact = fact(project, batch, span, record);
                facts.add(fact);
                addBody(fact, span, batch, blocks, origins);
            }
            bodies = compressed(project, record, blocks);
        }
        if (facts.size() != counts.getAccepted()) {
            throw new IllegalArgumentException("the header says another number of spans than the value holds");
        }
        Account account = new Account(
                project,
                Account.minuteOf(record.timestampMillis()),
                record.partition(),
                record.offset() + 1,
                counts.getAccepted(),
                0,
                0,
                0,
                toLongs(counts.getRefusedMap()),
                toLongs(counts.getIgnoredMap()),
                Map.of());
        return new Parts(account, facts, bodies, false);
    }

    private static Counts counts(LogRecord record) throws InvalidProtocolBufferException {
        byte[] header = record.counts();
        if (header == null) {
            throw new IllegalArgumentException("a record without its counts");
        }
        return Counts.parseFrom(header);
    }

    private static Parts quarantine(LogRecord record, @Nullable Counts counts) {
        UUID project = null;
        long accepted = 0;
        if (counts != null && counts.getProject().size() == 16) {
            project = uuid(counts.getProject());
            accepted = counts.getAccepted();
        }
        Account account = new Account(
                project,
                Account.minuteOf(record.timestampMillis()),
                record.partition(),
                record.offset() + 1,
                accepted,
                0,
                0,
                0,
                Map.of(),
                Map.of(),
                accepted == 0 ? Map.of() : Map.of(UNDECODABLE, accepted));
        return new Parts(account, List.of(), List.of(), true);
    }

    private SpanFact fact(UUID project, SpanBatch batch, SpanMessage span, LogRecord record) {
        Origin origin = span.getOrigin() < batch.getOriginsCount()
                ? batch.getOrigins(span.getOrigin())
                : Origin.getDefaultInstance();
        Usage usage = span.hasUsage() ? Usage.of(span.getUsage()) : null;
        // What is sent in parts has a price when it is put together.
        SpanCost cost = span.hasPartial() ? SpanCost.NONE : pricing.costOf(span, usage);
        SpanMessage bounded = bounded(span);
        boolean skewed = SpanFact.isAhead(span.getEndNanos(), record.timestampMillis());
        TraceId trace = TraceId.of(span.getTraceId().toByteArray(), 0);
        SpanFact fact = new SpanFact(
                project,
                trace,
                span.hasPartial() && span.getSpanId().isEmpty()
                        ? SpanFact.ofTrace(trace)
                        : SpanId.of(span.getSpanId().toByteArray()),
                SpanFactSerializer.parentOf(span),
                bounded,
                cut(span.getEnvironment().isEmpty() ? origin.getEnvironment() : span.getEnvironment()),
                cut(origin.getServiceName()),
                cut(span.getRelease().isEmpty() ? origin.getServiceVersion() : span.getRelease()),
                usage,
                cost,
                skewed ? record.timestampMillis() * NANOS_PER_MILLI : span.getEndNanos(),
                record.timestampMillis(),
                bounded.getMarks() | (skewed ? Mark.CLOCK_SKEW.bit() : 0),
                record.partition(),
                record.offset(),
                null);
        return span.hasPartial() ? fact.asPartial() : fact;
    }

    /** The message without its body, its texts no longer than a dimension may be. */
    private static SpanMessage bounded(SpanMessage span) {
        SpanMessage.Builder builder = span.toBuilder().clearBody();
        if (longestText(span) <= MAX_TEXT) {
            return builder.build();
        }
        for (int i = 0; i < span.getTagsCount(); i++) {
            builder.setTags(i, cut(span.getTags(i)));
        }
        builder.setName(cut(span.getName()))
                .setProvider(cut(span.getProvider()))
                .setRequestModel(cut(span.getRequestModel()))
                .setResponseModel(cut(span.getResponseModel()))
                .setOperation(cut(span.getOperation()))
                .setReportedCostUsd(cut(span.getReportedCostUsd()))
                .setPromptName(cut(span.getPromptName()))
                .setPromptVersion(cut(span.getPromptVersion()))
                .setSessionId(cut(span.getSessionId()))
                .setUserId(cut(span.getUserId()))
                .setEnvironment(cut(span.getEnvironment()))
                .setRelease(cut(span.getRelease()))
                .setErrorType(cut(span.getErrorType()))
                .setExternalTraceId(cut(span.getExternalTraceId()))
                .setServiceTier(cut(span.getServiceTier()));
        SpanMessage cut = builder.build();
        boolean truncated = cut.getSerializedSize() < span.getSerializedSize() - fieldSize(span.getBody());
        return truncated
                ? cut.toBuilder()
                        .setMarks(span.getMarks() | Mark.TRUNCATED.bit())
                        .build()
                : cut;
    }

    /** At least the length of the longest text: what is left without the body, most often far below the limit. */
    private static int longestText(SpanMessage span) {
        return span.getSerializedSize() - span.getBody().size();
    }

    private static int fieldSize(ByteString body) {
        return body.isEmpty() ? 0 : CodedOutputStream.computeBytesSize(SpanMessage.BODY_FIELD_NUMBER, body);
    }

    private static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end);
    }

    private static void addBody(
            SpanFact fact,
            SpanMessage span,
            SpanBatch batch,
            Map<TraceId, BodyBlock.Builder> blocks,
            Map<TraceId, BitSet> origins) {
        Body.Builder body = Body.newBuilder()
                .setSpanId(span.getSpanId())
                .setContentHash(span.getContentHash())
                .setBody(span.getBody())
                .setOriginIndex(span.getOrigin());
        if (span.hasPartial()) {
            body.setPartial(span.getPartial());
        }
        BitSet named = origins.computeIfAbsent(fact.trace(), absent -> new BitSet());
        if (!named.get(span.getOrigin()) && span.getOrigin() < batch.getOriginsCount()) {
            named.set(span.getOrigin());
            body.setOrigin(batch.getOrigins(span.getOrigin()));
        }
        blocks.computeIfAbsent(fact.trace(), absent -> BodyBlock.newBuilder()).addBodies(body);
    }

    private List<BodyRow> compressed(UUID project, LogRecord record, Map<TraceId, BodyBlock.Builder> blocks) {
        List<BodyRow> rows = new ArrayList<>(blocks.size());
        blocks.forEach((trace, block) -> rows.add(new BodyRow(
                project,
                trace,
                record.timestampMillis(),
                record.partition(),
                record.offset(),
                compressor.compress(block.build().toByteArray()))));
        return rows;
    }

    private static UUID uuid(ByteString bytes) {
        if (bytes.size() != 16) {
            throw new IllegalArgumentException("a project of " + bytes.size() + " bytes");
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static Map<String, Long> toLongs(Map<String, Integer> counts) {
        if (counts.isEmpty()) {
            return Map.of();
        }
        Map<String, Long> longs = new HashMap<>();
        counts.forEach((reason, count) -> longs.put(reason, (long) count));
        return longs;
    }

    @Override
    public void close() {
        compressor.close();
    }
}
