package io.millrace.ingest.span;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One span while a dialect decodes it. Texts are kept as slices of the request until the span is encoded, so the
 * request's bytes must not change before {@link RequestSpans#accept}. One draft serves all spans of a request; whatever
 * text is put into it is masked, made well-formed UTF-8 and cut to its limit on the way in, or, where it may not be kept at
 * all, masked once that is known. Not safe for threads.
 */
public final class SpanDraft {
    private final SpanLimits limits;
    private final LargePayloads payloads;
    private final BodySampling sampling;
    private final TextCleaner cleaner;
    private final DraftTexts texts;
    private final DraftBody body;

    private final WireWriter tags = new WireWriter(64);

    /** Zero where the content is hashed as it is encoded. */
    private long contentId;

    private boolean hasTraceId;
    private boolean sampled = true;
    private boolean isNoPayload;
    private long traceHigh;
    private long traceLow;
    private int spanIdBytes;
    private long spanHigh;
    private long spanLow;
    private int parentIdBytes;
    private long parentHigh;
    private long parentLow;
    private int origin;
    private SpanKind kind = SpanKind.SPAN;
    private SpanStatus status = SpanStatus.UNSET;
    private long startNanos;
    private long endNanos;
    private @Nullable Usage usage;
    private long timeToFirstTokenNanos;
    private double weight;
    private int tagCount;
    private @Nullable String sentTraceId;
    private @Nullable String sentSpanId;
    private boolean partial;
    private long saidAtNanos;
    private boolean update;
    private long messageHigh;
    private long messageLow;
    private boolean note;
    private long firstTokenAtNanos;

    SpanDraft(RequestContext context) {
        limits = context.limits();
        payloads = context.payloads();
        sampling = context.sampling();
        cleaner = new TextCleaner(context.masking());
        texts = new DraftTexts(context, cleaner);
        body = new DraftBody(context, texts, cleaner);
    }

    /** Forgets everything, for the next span. */
    void clear() {
        contentId = 0;
        texts.clear();
        body.clear();
        tags.clear();
        hasTraceId = false;
        sampled = true;
        isNoPayload = false;
        traceHigh = 0;
        traceLow = 0;
        spanIdBytes = 0;
        parentIdBytes = 0;
        origin = 0;
        kind = SpanKind.SPAN;
        status = SpanStatus.UNSET;
        startNanos = 0;
        endNanos = 0;
        usage = null;
        timeToFirstTokenNanos = 0;
        weight = 0;
        tagCount = 0;
        sentTraceId = null;
        sentSpanId = null;
        partial = false;
        note = false;
        firstTokenAtNanos = 0;
        cleaner.marks = 0;
        cleaner.dropsPayload = false;
        cleaner.exempt = false;
    }

    public void traceId(long high, long low) {
        hasTraceId = (high | low) != 0;
        sampled = sampling.keeps(high, low);
        traceHigh = high;
        traceLow = low;
    }

    /** What the body says is no payload, but something that is counted once it can be: it is kept whatever the trace. */
    public void keepBody() {
        isNoPayload = true;
    }

    /** {@code wide}: the id has 16 bytes; else it is the 8 of {@code low}. An id of zeros is none. */
    public void spanId(long high, long low, boolean wide) {
        spanHigh = high;
        spanLow = low;
        spanIdBytes = (high | low) == 0 ? 0 : wide ? 16 : 8;
    }

    /** As {@link #spanId}; a parent of zeros is none. */
    public void parentSpanId(long high, long low, boolean wide) {
        parentHigh = high;
        parentLow = low;
        parentIdBytes = (high | low) == 0 ? 0 : wide ? 16 : 8;
    }

    /**
     * The message carries some fields of a span that is sent in parts; without a span id, some of its trace.
     *
     * @param saidAtNanos when the sender said it, nanoseconds since the epoch: of two values of a field the later one counts
     * @param update of two messages of one time an update is the later one
     * @param idHigh with {@code idLow} the message's own id, which is the same when it is sent again
     */
    public void partial(long saidAtNanos, boolean update, long idHigh, long idLow) {
        this.partial = true;
        this.saidAtNanos = saidAtNanos;
        this.update = update;
        this.messageHigh = idHigh;
        this.messageLow = idLow;
    }

    /** The partial message only adds to the body of its span, which may never come, and makes none. */
    public void note() {
        note = true;
    }

    boolean isPartial() {
        return partial;
    }

    /** When the first token came, nanoseconds since the epoch, in a message that need not know the start. */
    public void firstTokenAtNanos(long nanos) {
        firstTokenAtNanos = nanos;
    }

    /** How the sender wrote the ids, if not as plain hex: a refusal names them so. */
    public void sentIds(@Nullable String traceId, @Nullable String spanId) {
        sentTraceId = traceId;
        sentSpanId = spanId;
    }

    /** An index that {@link RequestSpans#origin} gave. */
    public void origin(int index) {
        origin = index;
    }

    public void kind(SpanKind value) {
        kind = value;
    }

    public void status(SpanStatus value) {
        status = value;
    }

    public SpanStatus status() {
        return status;
    }

    /** Nanoseconds since the epoch, UTC; 0 is none. */
    public void times(long start, long end) {
        startNanos = start;
        endNanos = end;
    }

    /** The sender says no time; nanoseconds since the epoch. Such a span is the same whenever it is delivered. */
    public void timeOfDelivery(long nanos) {
        times(nanos, nanos);
        mark(Mark.TIME_OF_DELIVERY);
    }

    public long startNanos() {
        return startNanos;
    }

    public long endNanos() {
        return endNanos;
    }

    /** The span reports usage, perhaps of zero tokens. */
    public void usage(Usage reported) {
        usage = reported;
    }

    public void timeToFirstTokenNanos(long nanos) {
        timeToFirstTokenNanos = nanos;
    }

    public void streaming(boolean value) {
        body.streaming = value;
    }

    /** How many spans this one stands for, when the client sampled. */
    public void weight(double value) {
        weight = value;
    }

    public void mark(Mark mark) {
        cleaner.marks |= mark.bit();
    }

    /** Adds several marks as bits, such as those that the span's origin earned. */
    public void marks(int bits) {
        cleaner.marks |= bits;
    }

    /** Whether the field was set to something. */
    public boolean has(TextField field) {
        return texts.has(field);
    }

    /**
     * Sets a text; an empty one is none.
     *
     * @return whether it was longer than its limit and was cut
     */
    public boolean text(TextField field, byte[] source, int offset, int length) {
        return texts.set(field, source, offset, length, !sampled);
    }

    /** As {@link #text(TextField, byte[], int, int)}. */
    public boolean text(TextField field, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return text(field, utf8, 0, utf8.length);
    }

    public void clearText(TextField field) {
        texts.clear(field);
    }

    /** Adds a tag; empty ones and those beyond the limit are left out. */
    public void tag(byte[] source, int offset, int length) {
        if (length == 0) {
            return;
        }
        if (tagCount == limits.maxTags()) {
            mark(Mark.TRUNCATED);
            return;
        }
        cleaner.cleanColumn(source, offset, length, limits.maxFieldBytes());
        tags.bytesField(SpanMessage.TAGS_FIELD_NUMBER, cleaner.bytes, cleaner.from, cleaner.length);
        tagCount++;
    }

    public void finishReason(byte[] source, int offset, int length) {
        cleaner.clean(source, offset, length, limits.maxFieldBytes());
        body.finishReasons.bytesField(
                SpanBody.FINISH_REASONS_FIELD_NUMBER, cleaner.bytes, cleaner.from, cleaner.length);
    }

    /**
     * Keeps an attribute that fills no field: {@code source} holds an encoded {@code KeyValue}. One over the limit is
     * cut, and followed by the attribute {@code millrace.truncated.KEY} with its length.
     *
     * @throws MalformedSpan when the bytes are no such message, or values nest too deep
     */
    public void attribute(byte[] source, int offset, int length) throws MalformedSpan {
        body.copier.attribute(body.attributes, SpanBody.ATTRIBUTES_FIELD_NUMBER, source, offset, length);
    }

    /**
     * Keeps an attribute as {@link #attribute} does if it can be kept as it stands, without walking it again: one that is
     * nothing but a key and a text, or a number, whose text then has no length.
     *
     * @return whether it was kept; if not, nothing is done
     */
    public boolean plainAttribute(
            byte[] source, int offset, int length, int keyFrom, int keyLength, int textFrom, int textLength) {
        if (!body.copier.isKeptAsItIs(source, length, keyFrom, keyLength, textFrom, textLength)) {
            return false;
        }
        body.attributes.message(SpanBody.ATTRIBUTES_FIELD_NUMBER, source, offset, length);
        return true;
    }

    /**
     * Whether the project wants attributes of this key left out. What it wants kept as it is, is not masked until
     * {@link #endOfAttribute}.
     */
    public boolean denies(byte[] key, int offset, int length) {
        return cleaner.denies(key, offset, length);
    }

    /** Ends what {@link #denies} may have begun. */
    public void endOfAttribute() {
        cleaner.exempt = false;
    }

    /** Notes the length that the text named {@code key} had before it was cut. */
    public void truncatedFrom(byte[] key, int offset, int length, long originalBytes) {
        body.copier.truncated(body.attributes, SpanBody.ATTRIBUTES_FIELD_NUMBER, key, offset, length, originalBytes);
    }

    /** Keeps an encoded {@code Event}. */
    public void event(byte[] source, int offset, int length) throws MalformedSpan {
        body.copier.event(body.events, SpanBody.EVENTS_FIELD_NUMBER, source, offset, length);
    }

    /** Keeps an encoded {@code Link}. */
    public void link(byte[] source, int offset, int length) throws MalformedSpan {
        body.copier.link(body.links, SpanBody.LINKS_FIELD_NUMBER, source, offset, length);
    }

    /** Whether files can be kept. */
    public boolean keepsFiles() {
        return payloads.areStored();
    }

    /**
     * Keeps a file that came with the span, if files can be kept. Its bytes are kept as they are, whatever is in them.
     *
     * @param name one of {@link #fileName}, or made here
     * @param mediaType as its sender says; one that is malformed is as if it said nothing
     */
    public void file(String name, String mediaType, byte[] source, int offset, int length) {
        body.blobs.attachment(name, mediaType, source, offset, length);
    }

    /** The name of a file, which is its sender's, cleaned like a text. */
    public String fileName(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        cleaner.clean(utf8, 0, utf8.length, limits.maxFieldBytes());
        return new String(cleaner.bytes, cleaner.from, cleaner.length, StandardCharsets.UTF_8);
    }

    int originIndex() {
        return origin;
    }

    boolean hasIds() {
        return hasTraceId && (spanIdBytes > 0 || partial);
    }

    /** The trace id as a refusal names it. */
    @Nullable
    String traceIdName() {
        if (sentTraceId != null) {
            return sentTraceId;
        }
        return hasTraceId ? new TraceId(traceHigh, traceLow).toString() : null;
    }

    /** The span id as a refusal names it. */
    @Nullable
    String spanIdName() {
        if (sentSpanId != null) {
            return sentSpanId;
        }
        return spanIdBytes > 0
                ? new SpanId(spanIdBytes == 16 ? spanHigh : 0, spanLow, spanIdBytes == 16).toString()
                : null;
    }

    /**
     * Masks what is not masked yet, or leaves the body out if the trace is not in the project's sample. All of the span must be
     * in the draft.
     *
     * @return whether something was left out
     */
    boolean settleBody() {
        if (!keepsBody()) {
            boolean thinned = body.dropPayload();
            cleaner.marks |= thinned ? Mark.SAMPLED_OUT.bit() : 0;
            return thinned;
        }
        endOfAttribute();
        texts.maskRest();
        return false;
    }

    /**
     * Takes large payloads and files out of the span, so that it only refers to them. To be called on a settled body.
     *
     * @param into what the request brought for the blob store
     */
    void takeOut(RequestContext context, List<SpanBlob> into) {
        if (cleaner.dropsPayload) {
            body.dropPayload();
        }
        texts.takeOut(TextField.INPUT, body.blobs);
        texts.takeOut(TextField.OUTPUT, body.blobs);
        if (!body.blobs.isEmpty()) {
            long time = endNanos == 0 ? startNanos : endNanos;
            body.blobs.settle(context.dayOf(time == 0 && partial ? saidAtNanos : time), into);
        }
    }

    /** Of a message that does not know its trace, nobody knows whether the trace is in the sample. */
    private boolean keepsBody() {
        return sampled
                || isNoPayload
                || sampling.keepsErrors() && status == SpanStatus.ERROR
                || Mark.TRACE_UNRESOLVED.in(cleaner.marks);
    }

    /**
     * Says what is the same each time that the span is sent, where its times are those at which it arrived.
     *
     * @param hash of all that was sent
     */
    public void contentIs(long hash) {
        contentId = hash;
    }

    /** What is the same each time that the span is sent; {@code encoded} is the span from {@code from} on. */
    long contentHash(WireWriter encoded, int from) {
        if (contentId != 0) {
            return contentId;
        }
        if (!Mark.TIME_OF_DELIVERY.in(cleaner.marks)) {
            return XxHash64.hash(encoded.array(), from, encoded.size() - from);
        }
        long start = startNanos;
        long end = endNanos;
        times(0, 0);
        body.blobs.refer(LocalDate.EPOCH);
        WireWriter timeless = new WireWriter(encoded.size() - from);
        encode(timeless);
        times(start, end);
        return XxHash64.hash(timeless.array(), 0, timeless.size());
    }

    /** Writes the span without its origin's index and its hash, which belong to the record. Fields ascend. */
    void encode(WireWriter out) {
        id(out, SpanMessage.TRACE_ID_FIELD_NUMBER, 16, traceHigh, traceLow);
        id(out, SpanMessage.SPAN_ID_FIELD_NUMBER, spanIdBytes, spanHigh, spanLow);
        id(out, SpanMessage.PARENT_SPAN_ID_FIELD_NUMBER, parentIdBytes, parentHigh, parentLow);
        texts.write(out, TextField.NAME);
        out.varintField(SpanMessage.KIND_FIELD_NUMBER, kind.code());
        out.fixed64Field(SpanMessage.START_NANOS_FIELD_NUMBER, startNanos);
        out.fixed64Field(SpanMessage.END_NANOS_FIELD_NUMBER, endNanos);
        out.varintField(SpanMessage.STATUS_FIELD_NUMBER, status.code());
        texts.write(out, TextField.PROVIDER);
        texts.write(out, TextField.REQUEST_MODEL);
        texts.write(out, TextField.RESPONSE_MODEL);
        texts.write(out, TextField.OPERATION);
        encodeUsage(out);
        texts.write(out, TextField.REPORTED_COST_USD);
        out.varintField(SpanMessage.TIME_TO_FIRST_TOKEN_NANOS_FIELD_NUMBER, timeToFirstTokenNanos);
        texts.write(out, TextField.PROMPT_NAME);
        texts.write(out, TextField.PROMPT_VERSION);
        texts.write(out, TextField.SESSION_ID);
        texts.write(out, TextField.USER_ID);
        out.raw(tags.array(), 0, tags.size());
        texts.write(out, TextField.ENVIRONMENT);
        texts.write(out, TextField.RELEASE);
        texts.write(out, TextField.ERROR_TYPE);
        out.varintField(SpanMessage.MARKS_FIELD_NUMBER, cleaner.marks);
        texts.write(out, TextField.EXTERNAL_TRACE_ID);
        texts.write(out, TextField.SERVICE_TIER);
        out.fixed64Field(SpanMessage.WEIGHT_FIELD_NUMBER, Double.doubleToRawLongBits(weight));
        body.encode(out);
        encodePartial(out);
    }

    private void encodePartial(WireWriter out) {
        if (partial) {
            int content = out.open(SpanMessage.PARTIAL_FIELD_NUMBER);
            out.fixed64Field(PartialMessage.AT_NANOS_FIELD_NUMBER, saidAtNanos);
            out.varintField(PartialMessage.UPDATE_FIELD_NUMBER, update ? 1 : 0);
            id(out, PartialMessage.ID_FIELD_NUMBER, Long.BYTES * 2, messageHigh, messageLow);
            out.fixed64Field(PartialMessage.FIRST_TOKEN_AT_NANOS_FIELD_NUMBER, firstTokenAtNanos);
            out.varintField(PartialMessage.NOTE_FIELD_NUMBER, note ? 1 : 0);
            out.close(content);
        }
    }

    private void encodeUsage(WireWriter out) {
        if (usage != null) {
            int content = out.open(SpanMessage.USAGE_FIELD_NUMBER);
            for (int i = 0; i < UsageBucket.COUNT; i++) {
                out.varintField(i + 1, usage.get(i));
            }
            out.close(content);
        }
    }

    private static void id(WireWriter out, int field, int length, long high, long low) {
        if (length == 0) {
            return;
        }
        out.tag(field, WireWriter.LENGTH_DELIMITED);
        out.varint(length);
        if (length == 16) {
            out.bigEndian(high);
        }
        out.bigEndian(low);
    }

    /** An upper bound of the encoded size, so that a span that is too large is refused before it is copied. */
    long sizeBound() {
        return 256L + tags.size() + texts.sizeBound() + body.sizeBound();
    }
}
