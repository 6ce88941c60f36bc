package io.millrace.ingest.span;

import com.google.protobuf.ByteString;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one request brought for one project: accepted spans, already encoded, and the items that were refused or
 * ignored. A decoder takes {@link #draft}, fills it, and has it accepted; afterwards {@link #records} gives the records
 * to write. Memory is bounded by the body that was decoded. Not safe for threads.
 */
public final class RequestSpans {
    private static final int HASH_FIELD_BYTES = 2 + 8;

    private final RequestContext context;
    private final String dialect;
    private final ByteString projectBytes;
    private @Nullable SpanDraft draft;
    private final long oldestEndNanos;

    private final List<byte[]> origins = new ArrayList<>();
    /**
     * By their bytes, a character for each: senders choose them, and of keys whose hashes are made to collide only those
     * that can be ordered are found without looking at all.
     */
    private final Map<String, Integer> originIndexes = new HashMap<>();

    private long originBytes;
    private WireWriter encoded;
    private int[] ends = new int[16];
    private int[] spanOrigins = new int[16];
    private long[] hashes = new long[16];
    private int accepted;
    private int thinned;
    private final List<SpanBlob> blobs = new ArrayList<>();

    private final List<Refusal> refusals = new ArrayList<>();
    private int refused;
    private final Map<RefusalReason, Integer> refusedByReason = new EnumMap<>(RefusalReason.class);
    private final Map<String, Integer> ignoredByReason = new TreeMap<>();
    private byte[] receipt = {};

    /**
     * @param dialect how the records call the way the spans came: {@code otlp}, {@code native}, ...
     * @param expectedBytes about how long the encoded spans will be; the body's length is a good guess
     */
    public RequestSpans(RequestContext context, String dialect, int expectedBytes) {
        this.context = context;
        this.dialect = dialect;
        this.projectBytes = ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(context.project().getMostSignificantBits())
                .putLong(context.project().getLeastSignificantBits())
                .array());
        this.draft = new SpanDraft(context);
        this.oldestEndNanos = context.oldestEndNanos();
        this.encoded = new WireWriter(expectedBytes);
    }

    /** Keeps the answer, of a dialect that names each item in it, until what was accepted is durable. */
    public void receipt(byte[] answer) {
        receipt = answer;
    }

    /** Empty for a dialect whose answers are made of counts and refusals. */
    public byte[] receipt() {
        return receipt;
    }

    public RequestContext context() {
        return context;
    }

    /** The one draft, emptied for the next span. */
    public SpanDraft draft() {
        SpanDraft one = draft;
        if (one == null) {
            throw new IllegalStateException("the request's spans are forgotten");
        }
        one.clear();
        return one;
    }

    /**
     * Lets go of the spans themselves once {@link #records} are made and {@link #blobs} are stored. What is told of the request
     * stays: it may have to wait long for the log, which counts the records alone.
     */
    public void forget() {
        draft = null;
        encoded = new WireWriter(0);
        ends = new int[0];
        spanOrigins = new int[0];
        hashes = new long[0];
        origins.clear();
        originIndexes.clear();
        blobs.clear();
    }

    /** The index by which drafts name this origin; equal origins share one. */
    public int origin(Origin origin) {
        byte[] bytes = origin.toByteArray();
        Integer known = originIndexes.putIfAbsent(new String(bytes, StandardCharsets.ISO_8859_1), origins.size());
        if (known != null) {
            return known;
        }
        originBytes += bytes.length;
        origins.add(bytes);
        return origins.size() - 1;
    }

    /**
     * Takes the draft as the item {@code index} of the request, or refuses it if its ids, times or size forbid it. An
     * end before the start is taken and marked; a start that is missing is the end, but for a span that is sent in parts.
     *
     * @return whether it was taken
     * @throws TooManyItems when there were as many as there may be
     */
    public boolean accept(int index, SpanDraft span) {
        if (span.originIndex() >= origins.size()) {
            throw new IllegalArgumentException("no origin has the index " + span.originIndex());
        }
        if (!span.hasIds()) {
            return refuse(index, span, RefusalReason.MISSING_ID, "a span has a trace id and a span id");
        }
        if (!checkTimes(index, span)) {
            return false;
        }
        if (span.sizeBound() > context.limits().maxSpanBytes()) {
            return refuse(index, span, RefusalReason.TOO_LARGE, "the span is over the limit");
        }
        if (span.settleBody()) {
            thinned++;
        }
        span.takeOut(context, blobs);
        int from = encoded.size();
        span.encode(encoded);
        append(span.originIndex(), span.contentHash(encoded, from));
        return true;
    }

    private boolean checkTimes(int index, SpanDraft span) {
        long end = span.endNanos();
        if (end == 0 && !span.isPartial()) {
            return refuse(index, span, RefusalReason.INCOMPLETE_NOT_AVAILABLE, "the span has no end");
        }
        if (end < 0 || span.startNanos() < 0) {
            return refuse(index, span, RefusalReason.MALFORMED, "a time after the year 2262");
        }
        if (end != 0 && end < oldestEndNanos) {
            return refuse(index, span, RefusalReason.TOO_OLD, "the span ended before the retention begins");
        }
        if (span.startNanos() != 0 && end != 0 && end < span.startNanos()) {
            span.mark(Mark.END_BEFORE_START);
        } else if (span.startNanos() == 0 && !span.isPartial()) {
            span.times(end, end);
        }
        return true;
    }

    private void append(int origin, long hash) {
        checkRoom(0);
        if (accepted == ends.length) {
            int more = ends.length * 2;
            ends = Arrays.copyOf(ends, more);
            spanOrigins = Arrays.copyOf(spanOrigins, more);
            hashes = Arrays.copyOf(hashes, more);
        }
        ends[accepted] = encoded.size();
        spanOrigins[accepted] = origin;
        hashes[accepted] = hash;
        accepted++;
    }

    /** Refuses the item whose draft is as far as decoding got; always false. */
    public boolean refuse(int index, SpanDraft span, RefusalReason reason, String detail) {
        boolean named = refusals.size() < context.limits().maxNamedRefusals();
        refuse(index, named ? span.traceIdName() : null, named ? span.spanIdName() : null, reason, detail);
        return false;
    }

    /**
     * Refuses an item by what is known of it. {@code detail} is shown to the sender and holds no payload text.
     *
     * @throws TooManyItems when there were as many as there may be
     */
    public void refuse(
            int index, @Nullable String traceId, @Nullable String spanId, RefusalReason reason, String detail) {
        checkRoom(0);
        refused++;
        refusedByReason.merge(reason, 1, Integer::sum);
        if (refusals.size() < context.limits().maxNamedRefusals()) {
            refusals.add(new Refusal(index, traceId, spanId, reason, detail));
        }
    }

    /**
     * @param waiting items that have been read and are neither taken nor refused yet
     * @throws TooManyItems when there may be no item more
     */
    public void checkRoom(int waiting) {
        if (accepted + refused + waiting >= context.limits().maxItems()) {
            throw new TooManyItems(context.limits().maxItems());
        }
    }

    /** About how many bytes the answer to the request takes: what is told of each item. */
    public long toldBytes() {
        long told = receipt.length;
        for (Refusal refusal : refusals) {
            told += refusal.bytes();
        }
        return told;
    }

    /** Counts {@code n} items that were understood and are kept nowhere, such as metrics. */
    public void ignore(String reason, int n) {
        if (n > 0) {
            ignoredByReason.merge(reason, n, Integer::sum);
        }
    }

    /** How many bytes the origins of the request take so far. */
    public long originBytes() {
        return originBytes;
    }

    public int accepted() {
        return accepted;
    }

    /** How many of the accepted ones lost their bodies, since their traces are not in the project's sample. */
    public int thinned() {
        return thinned;
    }

    /** What has to be in the blob store before the records are written. */
    public List<SpanBlob> blobs() {
        return Collections.unmodifiableList(blobs);
    }

    public int refused() {
        return refused;
    }

    /** How many were ignored for each reason. */
    public Map<String, Integer> ignoredByReason() {
        return Collections.unmodifiableMap(ignoredByReason);
    }

    /** The refused items in the order met; only the first {@link SpanLimits#maxNamedRefusals} of them. */
    public List<Refusal> refusals() {
        return Collections.unmodifiableList(refusals);
    }

    /** How many were refused for each reason; all of them, also those that are not named. */
    public Map<RefusalReason, Integer> refusedByReason() {
        return Collections.unmodifiableMap(refusedByReason);
    }

    /**
     * The records to write. A record is cut before the span that would make it longer than
     * {@code maxRecordBytes}; a single longer span makes a record of its own. The first one carries the refused and
     * ignored items. Empty if the request brought no item at all.
     */
    public List<EncodedRecord> records(int maxRecordBytes) {
        if (accepted == 0) {
            return refusedByReason.isEmpty() && ignoredByReason.isEmpty()
                    ? List.of()
                    : List.of(new EncodedRecord(new byte[0], counts(0, true)));
        }
        List<EncodedRecord> records = new ArrayList<>();
        byte[] head = head();
        int[] order = byOrigin();
        RecordOrigins used = new RecordOrigins(origins.size());
        for (int from = 0; from < accepted; ) {
            int to = recordEnd(order, from, head.length, maxRecordBytes, used);
            records.add(new EncodedRecord(record(head, order, from, to, used), counts(to - from, from == 0)));
            from = to;
        }
        return records;
    }

    /**
     * The spans of one origin stand together, so that a request which alternates between origins cannot make each of
     * its records repeat all of them.
     */
    private int[] byOrigin() {
        int[] next = new int[origins.size() + 1];
        for (int i = 0; i < accepted; i++) {
            next[spanOrigins[i] + 1]++;
        }
        for (int i = 1; i < next.length; i++) {
            next[i] += next[i - 1];
        }
        int[] order = new int[accepted];
        for (int i = 0; i < accepted; i++) {
            order[next[spanOrigins[i]]++] = i;
        }
        return order;
    }

    private byte[] head() {
        return SpanBatch.newBuilder()
                .setProject(projectBytes)
                .setReceivedAtMillis(context.receivedAtMillis())
                .setDialect(dialect)
                .build()
                .toByteArray();
    }

    /** The first place in {@code order} that does not go into the record that begins at {@code from}. */
    private int recordEnd(int[] order, int from, int headBytes, int maxRecordBytes, RecordOrigins used) {
        used.clear();
        long size = headBytes;
        int to = from;
        while (to < accepted) {
            int span = order[to];
            int origin = spanOrigins[span];
            long more = WireWriter.fieldSize(SpanBatch.SPANS_FIELD_NUMBER, spanBytes(span, origins.size()))
                    + (used.has(origin) ? 0 : originFieldSize(origin));
            if (to > from && size + more > maxRecordBytes) {
                break;
            }
            used.add(origin);
            size += more;
            to++;
        }
        used.bytes = size;
        return to;
    }

    private byte[] record(byte[] head, int[] order, int from, int to, RecordOrigins used) {
        WireWriter out = new WireWriter((int) used.bytes);
        out.raw(head, 0, head.length);
        for (int i = 0; i < used.count; i++) {
            byte[] origin = origins.get(used.inOrder[i]);
            out.message(SpanBatch.ORIGINS_FIELD_NUMBER, origin, 0, origin.length);
        }
        for (int i = from; i < to; i++) {
            writeSpan(out, order[i], used.indexOf(spanOrigins[order[i]]));
        }
        // The size was known: nobody writes to the array any more, and it is full.
        return out.size() == out.array().length ? out.array() : out.toByteArray();
    }

    private void writeSpan(WireWriter out, int span, int origin) {
        int start = span == 0 ? 0 : ends[span - 1];
        out.tag(SpanBatch.SPANS_FIELD_NUMBER, WireWriter.LENGTH_DELIMITED);
        out.varint(spanBytes(span, origin));
        out.raw(encoded.array(), start, ends[span] - start);
        out.varintField(SpanMessage.ORIGIN_FIELD_NUMBER, origin);
        out.tag(SpanMessage.CONTENT_HASH_FIELD_NUMBER, WireWriter.FIXED64);
        out.fixed64(hashes[span]);
    }

    /** The bytes of span {@code i} as a message of a record in which its origin has the given index. */
    private int spanBytes(int i, int origin) {
        int bytes = ends[i] - (i == 0 ? 0 : ends[i - 1]);
        int originBytes = origin == 0 ? 0 : 1 + WireWriter.varintSize(origin);
        return bytes + originBytes + HASH_FIELD_BYTES;
    }

    private long originFieldSize(int origin) {
        return WireWriter.fieldSize(SpanBatch.ORIGINS_FIELD_NUMBER, origins.get(origin).length);
    }

    private Counts counts(int spans, boolean first) {
        Counts.Builder counts = Counts.newBuilder().setProject(projectBytes).setAccepted(spans);
        if (first) {
            refusedByReason.forEach((reason, n) -> counts.putRefused(reason.wireName(), n));
            ignoredByReason.forEach(counts::putIgnored);
        }
        return counts.build();
    }

    /** Which origins a record uses, and their indexes in it. */
    private static final class RecordOrigins {
        private final int[] indexes;
        private final int[] inOrder;
        private int count;
        private long bytes;

        RecordOrigins(int origins) {
            indexes = new int[origins];
            inOrder = new int[origins];
        }

        void clear() {
            for (int i = 0; i < count; i++) {
                indexes[inOrder[i]] = 0;
            }
            count = 0;
            bytes = 0;
        }

        boolean has(int origin) {
            return indexes[origin] != 0;
        }

        void add(int origin) {
            if (!has(origin)) {
                inOrder[count++] = origin;
                indexes[origin] = count;
            }
        }

        int indexOf(int origin) {
            return indexes[origin] - 1;
        }
    }
}
