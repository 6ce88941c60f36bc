package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import io.millrace.ingest.span.XxHash64;
import io.millrace.schema.wire.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes notes on spans of the log records that say what a model was asked, what it answered, or how that was judged, and
 * counts all others as ignored. What else such a record says is its span's own to say. One decoder serves one request.
 */
final class LogDecoder {
    private static final int MEMBER = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int MOST_PLACES = 0xFFFF;

    /** What belongs to the messages and fills no field. */
    private static final byte[][] KEPT = {ascii("gen_ai.system_instructions"), ascii("gen_ai.tool.definitions")};

    private final RequestSpans spans;
    private final int origin;
    private final LogEvent record = new LogEvent();
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();
    private final Slots slots = new Slots();
    /** What is made of bodies, as long as the draft needs it. */
    private final WireWriter texts = new WireWriter(256);

    private final EventMessage message;
    private final Payloads payloads;
    private final Evaluation evaluation = new Evaluation();
    /** How many there were of one span and one time, since their order is that of a conversation. */
    private final Map<Long, Integer> places = new HashMap<>();

    private int items;
    private int notJoined;
    private int others;

    LogDecoder(RequestSpans spans) {
        this.spans = spans;
        this.origin = spans.origin(Origin.getDefaultInstance());
        JsonRendering json = new JsonRendering(spans.context());
        this.message = new EventMessage(json, spans.context().limits().maxAttributeBytes());
        this.payloads = new Payloads(slots, json, texts);
    }

    /**
     * Takes the record in {@code bytes[from, from + length)} as the next item of the request.
     *
     * @param malformed why it is not all of the record; null when it is
     */
    void decode(byte[] bytes, int from, int length, @Nullable MalformedSpan malformed) {
        int index = items++;
        GenAiEvent event;
        try {
            record.read(bytes, from, length);
            event = record.event();
        } catch (MalformedSpan unreadable) {
            // It is about nothing that is known.
            others++;
            return;
        }
        if (event != null && record.hasSpan()) {
            join(index, event, malformed);
        } else if (record.isAboutAModel()) {
            notJoined++;
        } else {
            others++;
        }
    }

    /** Counts those of which nothing was made. */
    void finish() {
        spans.ignore(LogRecords.NOT_JOINED, notJoined);
        spans.ignore(LogRecords.NOT_A_SPAN, others);
    }

    private void join(int index, GenAiEvent event, @Nullable MalformedSpan malformed) {
        SpanDraft draft = spans.draft();
        draft.origin(origin);
        draft.traceId(record.traceHigh, record.traceLow);
        draft.spanId(0, record.spanId, false);
        try {
            if (malformed != null) {
                throw malformed;
            }
            say(draft, event);
            identify(draft);
            spans.accept(index, draft);
        } catch (MalformedSpan refused) {
            spans.refuse(index, draft, refused.reason(), refused.detail());
        }
    }

    /** Sent again it is the same; of one span and one time it comes behind those that stood before it. */
    private void identify(SpanDraft draft) {
        long time = record.timeNanos;
        int before = places.merge(record.spanId * 31 + time, 1, Integer::sum) - 1;
        long hash = XxHash64.hash(record.bytes, record.from, record.length);
        byte[] keyed = spans.context()
                .masking()
                .keyed(ByteBuffer.allocate(Long.BYTES).putLong(hash).array());
        draft.partial(
                time,
                false,
                (long) Math.min(before, MOST_PLACES) << 48,
                ByteBuffer.wrap(keyed).getLong());
        draft.note();
    }

    private void say(SpanDraft draft, GenAiEvent event) throws MalformedSpan {
        texts.clear();
        if (event == GenAiEvent.EVALUATION) {
            evaluation.keep(draft, record);
        } else if (event.isMessage()) {
            message(draft, event);
        } else {
            details(draft);
        }
    }

    /** The body goes by the name of its event where a project names attributes that are to be left out or kept. */
    private void message(SpanDraft draft, GenAiEvent event) throws MalformedSpan {
        boolean denied = draft.denies(record.bytes, record.nameFrom, record.nameLength);
        texts.raw('[');
        if (!denied && message.write(texts, event.role(), record.body)) {
            texts.raw(']');
            TextField field = event.field();
            if (draft.text(field, texts.array(), 0, texts.size())) {
                byte[] key = ascii(field.name().toLowerCase(Locale.ROOT));
                draft.truncatedFrom(key, 0, key.length, texts.size());
            }
        }
        draft.endOfAttribute();
    }

    /** Attributes, or the members of the body, where some put what later became attributes. */
    private void details(SpanDraft draft) throws MalformedSpan {
        slots.begin(record.bytes);
        payloads.begin();
        attributes(draft, record.from, record.length, LogEvent.ATTRIBUTE);
        if (record.body.type == Attribute.MAP) {
            attributes(draft, record.body.valueFrom, record.body.valueLength, MEMBER);
        }
        payloads.finish(draft);
    }

    private void attributes(SpanDraft draft, int from, int length, int field) throws MalformedSpan {
        reader.reset(record.bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == field) {
                attribute.read(reader, reader.length());
                if (!draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
                    attribute(draft);
                    draft.endOfAttribute();
                }
            } else {
                reader.skip(tag);
            }
        }
    }

    private void attribute(SpanDraft draft) throws MalformedSpan {
        AttributeRule rule = AttributeRules.STANDARD.find(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        if (rule != null && rule.role == AttributeRule.Role.PAYLOAD) {
            payloads.take(draft, rule, attribute, Place.EVENT);
        } else if (isKept()) {
            draft.attribute(attribute.bytes, attribute.from, attribute.length);
        }
    }

    private boolean isKept() {
        int from = attribute.keyFrom;
        int end = from + attribute.keyLength;
        for (byte[] key : KEPT) {
            if (Arrays.equals(key, 0, key.length, attribute.bytes, from, end)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
