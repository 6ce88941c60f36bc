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
import io.millrace.jobs.store.Rejection;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.Replay;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 * trace. A record that cannot be understood is accounted for as quarantined; it never stops the job, and may be tried
 * again.
 *
 * <p>Not for use by several threads: the compressor is kept.
 */
public final class RecordSplitter implements AutoCloseable {
    /** Why a record is quarantined whose value is no span batch. */
    public static final String UNDECODABLE = "undecodable";

    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** The last that has a number in nanoseconds. */
    private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;

    private static final int LEVEL = 1;
    /** Longer names, models and the like are cut: they become dimensions of series. */
    private static final int MAX_TEXT = 512;

    private final SpanPricing pricing;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL);
    private boolean blind;

    /**
     * What was in a record.
     *
     * @param rejection what is told of a record that was not understood, or that has been replayed; null of any other
     */
    public record Parts(
            Account account,
            List<SpanFact> facts,
            List<BodyRow> bodies,
            @Nullable Rejection rejection) {
        /** Whether the record is counted as one that is not understood. */
        public boolean quarantined() {
            return rejection != null && rejection.isNew() && account.project() != null;
        }

        /** Whether the record was understood when it was replayed. */
        public boolean recovered() {
            return rejection != null && rejection.recovered();
        }
    }

    public RecordSplitter(SpanPricing pricing) {
        this.pricing = pricing;
    }

    /** For fault runs: from here on no record is understood, or every one that can be. */
    void setBlind(boolean blind) {
        this.blind = blind;
    }

    /** Takes apart a record that is neither a tick nor a replay. */
    public Parts split(LogRecord record) {
        Counts counts = null;
        try {
            counts = counts(record.counts());
            return understood(record, counts);
        } catch (IOException | RuntimeException e) {
            return quarantine(record, counts);
        }
    }

    /**
     * Takes apart a record that could not be understood where it came first. If it is understood now, its items are no
     * longer quarantined; if it is not, nothing changes but what is told of it.
     */
    public Parts splitAgain(LogRecord record, Replay replay) {
        Counts counts = null;
        try {
            counts = counts(replay.getCounts().toByteArray());
            Spans spans = understand(record, counts);
            Account account = Account.recovered(
                    uuid(counts.getProject()),
                    Account.minuteOf(record.timestampMillis()),
                    record.partition(),
                    record.offset() + 1,
                    replay.getReason(),
                    counts.getAccepted());
            return new Parts(account, spans.facts(), spans.bodies(), outcome(record, replay, counts, true));
        } catch (IOException | RuntimeException e) {
            return new Parts(
                    Account.tick(record.partition(), record.offset() + 1),
                    List.of(),
                    List.of(),
                    outcome(record, replay, counts, false));
        }
    }

    /** A replay of a record that is counted as understood already: nothing changes but what is told of it. */
    static Parts understoodBefore(LogRecord record, Replay replay) {
        Counts counts = null;
        try {
            counts = counts(replay.getCounts().toByteArray());
        } catch (InvalidProtocolBufferException e) {
            // Then it is not told whose it is.
        }
        return new Parts(
                Account.tick(record.partition(), record.offset() + 1),
                List.of(),
                List.of(),
                outcome(record, replay, counts, true));
    }

    /** What a replay says of itself; null for a record that is none, or that nobody of ours put there. */
    static @Nullable Replay replayOf(LogRecord record) {
        byte[] header = record.replay();
        if (header == null || record.counts() != null) {
            return null;
        }
        try {
            Replay replay = Replay.parseFrom(header);
            return replay.getPartition() == record.partition() && replay.getOffset() < record.offset() ? replay : null;
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private record Spans(List<SpanFact> facts, List<BodyRow> bodies) {}

    private Parts understood(LogRecord record, Counts counts) throws IOException {
        Spans spans = understand(record, counts);
        Account account = new Account(
                uuid(counts.getProject()),
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
        return new Parts(account, spans.facts(), spans.bodies(), null);
    }

    private Spans understand(LogRecord record, Counts counts) throws IOException {
        if (blind) {
            throw new IllegalArgumentException("not understood on request of a fault run");
        }
        UUID project = uuid(counts.getProject());
        List<SpanFact> facts = List.of();
        List<BodyRow> bodies = List.of();
        if (record.value().length > 0) {
            CodedInputStream in = CodedInputStream.newInstance(record.value());
            in.enableAliasing(true);
            SpanBatch batch = SpanBatch.parseFrom(in);
            facts = new ArrayList<>(batch.getSpansCount());
            Map<TraceId, BodyBlock.Builder> blocks = new LinkedHashMap<>();
            Map<TraceId, BitSet> origins = new HashMap<>();
            for (SpanMessage span : batch.getSpansList()) {
                SpanFact fact = fact(project, batch, span.getPartial().getNote() ? aboutTrace(span) : span, record);
                facts.add(fact);
                addBody(fact, span, batch, blocks, origins);
            }
            bodies = compressed(project, record, blocks);
        }
        if (facts.size() != counts.getAccepted()) {
            throw new IllegalArgumentException("the header says another number of spans than the value holds");
        }
        return new Spans(facts, bodies);
    }

    private static Counts counts(byte @Nullable [] header) throws InvalidProtocolBufferException {
        if (header == null) {
            throw new IllegalArgumentException("a record without its counts");
        }
        return Counts.parseFrom(header);
    }

    /** What the header says stands, though nobody knows what it speaks of. */
    private static Parts quarantine(LogRecord record, @Nullable Counts counts) {
        UUID project = projectOf(counts);
        long accepted = project == null || counts == null ? 0 : Integer.toUnsignedLong(counts.getAccepted());
        Account account = new Account(
                project,
                Account.minuteOf(record.timestampMillis()),
                record.partition(),
                record.offset() + 1,
                accepted,
                0,
                0,
                0,
                project == null || counts == null ? Map.of() : toLongs(counts.getRefusedMap()),
                project == null || counts == null ? Map.of() : toLongs(counts.getIgnoredMap()),
                accepted == 0 ? Map.of() : Map.of(UNDECODABLE, accepted));
        Rejection rejection = new Rejection(
                project,
                within(record.timestampMillis()),
                record.partition(),
                record.offset(),
                UNDECODABLE,
                accepted,
                record.value().length,
                sha256(record.value()),
                Rejection.NEVER,
                false);
        return new Parts(account, List.of(), List.of(), rejection);
    }

    private static Rejection outcome(LogRecord record, Replay replay, @Nullable Counts counts, boolean recovered) {
        return new Rejection(
                projectOf(counts),
                within(record.timestampMillis()),
                replay.getPartition(),
                replay.getOffset(),
                replay.getReason(),
                counts == null ? 0 : Integer.toUnsignedLong(counts.getAccepted()),
                record.value().length,
                sha256(record.value()),
                within(replay.getAskedAtMillis()),
                recovered);
    }

    /** What is told of a record is stored and listed, whatever its time is. */
    private static long within(long millis) {
        return Math.max(0, Math.min(MAX_MILLIS, millis));
    }

    private static @Nullable UUID projectOf(@Nullable Counts counts) {
        return counts == null || counts.getProject().size() != 16 ? null : uuid(counts.getProject());
    }

    private static byte[] sha256(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** To the jobs a note is a message about its trace: it says nothing of its span but what stands in the body. */
    private static SpanMessage aboutTrace(SpanMessage note) {
        return SpanMessage.newBuilder()
                .setTraceId(note.getTraceId())
                .setContentHash(note.getContentHash())
                .setPartial(note.getPartial())
                .build();
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
        counts.forEach((reason, count) -> longs.put(reason, Integer.toUnsignedLong(count)));
        return longs;
    }

    @Override
    public void close() {
        compressor.close();
    }
}
