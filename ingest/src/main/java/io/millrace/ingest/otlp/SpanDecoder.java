package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanStatus;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes spans of {@code opentelemetry/proto/trace/v1/trace.proto}, each from its own bytes, so that one that is broken
 * is refused alone. One decoder serves one request.
 */
final class SpanDecoder {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int TRACE_ID = tag(1, WireWriter.LENGTH_DELIMITED);
    private static final int SPAN_ID = tag(2, WireWriter.LENGTH_DELIMITED);
    private static final int TRACE_STATE = tag(3, WireWriter.LENGTH_DELIMITED);
    private static final int PARENT_SPAN_ID = tag(4, WireWriter.LENGTH_DELIMITED);
    private static final int NAME = tag(5, WireWriter.LENGTH_DELIMITED);
    private static final int START = tag(7, WireWriter.FIXED64);
    private static final int END = tag(8, WireWriter.FIXED64);
    private static final int ATTRIBUTE = tag(9, WireWriter.LENGTH_DELIMITED);
    private static final int EVENT = tag(11, WireWriter.LENGTH_DELIMITED);
    private static final int LINK = tag(13, WireWriter.LENGTH_DELIMITED);
    private static final int STATUS = tag(15, WireWriter.LENGTH_DELIMITED);

    private static final int STATUS_MESSAGE = tag(2, WireWriter.LENGTH_DELIMITED);
    private static final int STATUS_CODE = tag(3, WireWriter.VARINT);

    private static final int EVENT_TIME = tag(1, WireWriter.FIXED64);
    private static final int EVENT_NAME = tag(2, WireWriter.LENGTH_DELIMITED);
    private static final int EVENT_ATTRIBUTE = tag(3, WireWriter.LENGTH_DELIMITED);

    /** Of the Vercel AI SDK, of OpenInference in Python, and of LangSmith. */
    private static final byte[][] FIRST_TOKEN_EVENTS = {
        "ai.stream.firstChunk".getBytes(StandardCharsets.US_ASCII),
        "First Token Stream Event".getBytes(StandardCharsets.US_ASCII),
        "new_token".getBytes(StandardCharsets.US_ASCII)
    };

    private static final byte[] EXCEPTION = "exception".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXCEPTION_TYPE = "exception.type".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXCEPTION_MESSAGE = "exception.message".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME_KEY = "name".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRACE_STATE_KEY = "trace_state".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS_KEY = "status_message".getBytes(StandardCharsets.US_ASCII);

    private final RequestSpans spans;
    private final SpanMapping mapping;
    private final WireReader reader = new WireReader();
    private final Attribute attribute = new Attribute();

    private int items;
    private int withoutAnyId;
    private boolean noId;
    private long start;
    private long end;
    private boolean threw;

    /** How long texts were that were cut, told in one order whatever the order of the fields; 0 for others. */
    private int cutTraceState;

    private int cutName;
    private int cutStatus;

    private final Slice exceptionType = new Slice();
    private final Slice exceptionMessage = new Slice();

    SpanDecoder(RequestSpans spans) {
        this.spans = spans;
        this.mapping = new SpanMapping(AttributeRules.STANDARD, spans.context());
    }

    /** Decodes the span in {@code bytes[from, from + length)} as the next item of the request. */
    void decode(byte[] bytes, int from, int length, SpanSource source) {
        MalformedSpan condemned = source.malformed();
        if (condemned != null) {
            refuse(bytes, from, length, condemned);
            // Logs have resources, too: those that are sent as spans are told by their items alone.
            withoutAnyId += noId ? 1 : 0;
            return;
        }
        int index = items++;
        SpanDraft draft = spans.draft();
        draft.origin(source.origin());
        draft.marks(source.marks());
        noId = false;
        try {
            read(draft, bytes, from, length, source.scope());
            spans.accept(index, draft);
        } catch (MalformedSpan malformed) {
            spans.refuse(index, draft, malformed.reason(), malformed.detail());
        }
        if (noId) {
            withoutAnyId++;
        }
    }

    /**
     * Refuses the next item of the request, which could not be brought into the form of a span or comes from where none can be
     * taken; {@code bytes[from, from + length)} is as far as that got.
     */
    void refuse(byte[] bytes, int from, int length, MalformedSpan malformed) {
        SpanDraft draft = spans.draft();
        noId = false;
        try {
            reader.reset(bytes, from, from + length);
            readIds(draft);
        } catch (MalformedSpan unnamed) {
            // It is refused all the same; only its ids stay unknown.
        }
        spans.refuse(items++, draft, malformed.reason(), malformed.detail());
    }

    /**
     * @param waiting spans that are not decoded yet
     * @throws io.millrace.ingest.span.TooManyItems when there may be no span more
     */
    void checkRoom(int waiting) {
        spans.checkRoom(waiting);
    }

    /** Whether there were items and not one of them had an id: these are no spans at all. */
    boolean noneHadIds() {
        return items > 0 && withoutAnyId == items;
    }

    private void read(SpanDraft draft, byte[] bytes, int from, int length, Scope scope) throws MalformedSpan {
        start = 0;
        end = 0;
        threw = false;
        cutTraceState = 0;
        cutName = 0;
        cutStatus = 0;
        exceptionType.clear();
        exceptionMessage.clear();
        mapping.begin(bytes, scope);
        reader.reset(bytes, from, from + length);
        readIds(draft);
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            readField(draft, tag);
        }
        tellCut(draft, TRACE_STATE_KEY, cutTraceState);
        tellCut(draft, NAME_KEY, cutName);
        tellCut(draft, STATUS_KEY, cutStatus);
        draft.times(start, end);
        if (threw && scope == Scope.LANGSMITH) {
            draft.status(SpanStatus.ERROR);
        }
        mapping.finish(draft);
        finishError(draft);
    }

    /** Reads the ids ahead of the rest, so that a span which is refused for something else can be named. */
    private void readIds(SpanDraft draft) throws MalformedSpan {
        boolean trace = false;
        boolean span = false;
        for (int tag = reader.tag(); tag != 0 && !(trace && span); tag = reader.tag()) {
            if (tag == TRACE_ID) {
                int length = reader.length();
                trace = length > 0;
                traceId(draft, length);
            } else if (tag == SPAN_ID) {
                int length = reader.length();
                span = length > 0;
                spanId(draft, length);
            } else {
                reader.skip(tag);
            }
        }
        noId = !trace && !span;
    }

    private void spanId(SpanDraft draft, int length) throws MalformedSpan {
        checkSpanId(length);
        int at = reader.position();
        if (length > 0) {
            draft.spanId(length == 16 ? longAt(at) : 0, longAt(at + length - 8), length == 16);
        }
        reader.skipBytes(length);
    }

    private void readField(SpanDraft draft, int tag) throws MalformedSpan {
        if (tag == ATTRIBUTE) {
            attribute.read(reader, reader.length());
            if (!draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
                mapping.attribute(draft, attribute);
                draft.endOfAttribute();
            }
        } else if (tag == START) {
            start = reader.fixed64();
        } else if (tag == END) {
            end = reader.fixed64();
        } else if (tag == NAME) {
            name(draft);
        } else if (tag == PARENT_SPAN_ID) {
            parentId(draft, reader.length());
        } else if (tag == EVENT) {
            event(draft, reader.length());
        } else if (tag == STATUS) {
            status(draft, reader.length());
        } else if (tag == LINK) {
            int length = reader.length();
            draft.link(reader.array(), reader.position(), length);
            reader.skipBytes(length);
        } else if (tag == TRACE_STATE) {
            cutTraceState = text(draft, TextField.TRACE_STATE, reader.length());
        } else {
            reader.skip(tag);
        }
    }

    private void traceId(SpanDraft draft, int length) throws MalformedSpan {
        if (length == 16) {
            draft.traceId(longAt(reader.position()), longAt(reader.position() + 8));
        } else if (length != 0) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a trace id has 16 bytes, not " + length);
        }
        reader.skipBytes(length);
    }

    private void parentId(SpanDraft draft, int length) throws MalformedSpan {
        checkSpanId(length);
        int at = reader.position();
        if (length > 0) {
            draft.parentSpanId(length == 16 ? longAt(at) : 0, longAt(at + length - 8), length == 16);
        }
        reader.skipBytes(length);
    }

    private static void checkSpanId(int length) throws MalformedSpan {
        if (length != 8 && length != 16 && length != 0) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a span id has 8 bytes, not " + length);
        }
    }

    private void status(SpanDraft draft, int length) throws MalformedSpan {
        int outer = reader.enter(length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == STATUS_CODE) {
                long code = reader.varint();
                draft.status(SpanStatus.of(code == 1 || code == 2 ? (int) code : 0));
            } else if (tag == STATUS_MESSAGE) {
                cutStatus = text(draft, TextField.STATUS_MESSAGE, reader.length());
            } else {
                reader.skip(tag);
            }
        }
        reader.leave(outer);
    }

    /** Sets a text; returns its length if it was cut. */
    private int text(SpanDraft draft, TextField field, int length) throws MalformedSpan {
        boolean cut = draft.text(field, reader.array(), reader.position(), length);
        reader.skipBytes(length);
        return cut ? length : 0;
    }

    private static void tellCut(SpanDraft draft, byte[] key, int length) {
        if (length > 0) {
            draft.truncatedFrom(key, 0, key.length, length);
        }
    }

    private void name(SpanDraft draft) throws MalformedSpan {
        int length = reader.length();
        mapping.name(reader.array(), reader.position(), length);
        cutName = text(draft, TextField.NAME, length);
    }

    private void event(SpanDraft draft, int length) throws MalformedSpan {
        int from = reader.position();
        int nameFrom = 0;
        int nameLength = 0;
        long time = 0;
        int outer = reader.enter(length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == EVENT_NAME) {
                nameLength = reader.length();
                nameFrom = reader.position();
                reader.skipBytes(nameLength);
            } else if (tag == EVENT_TIME) {
                time = reader.fixed64();
            } else {
                reader.skip(tag);
            }
        }
        reader.leave(outer);
        byte[] bytes = reader.array();
        boolean genAi = GenAiEvent.isOfFamily(bytes, nameFrom, nameLength);
        GenAiEvent known = genAi ? GenAiEvent.of(bytes, nameFrom, nameLength) : null;
        if (known != null && known.isMessage() && !mapping.message(known, bytes, nameFrom, nameLength, from, length)) {
            draft.mark(Mark.MASKED);
            return;
        }
        draft.event(bytes, from, length);
        boolean exception = matches(bytes, nameFrom, nameLength, EXCEPTION);
        threw |= exception;
        for (byte[] name : FIRST_TOKEN_EVENTS) {
            if (matches(bytes, nameFrom, nameLength, name)) {
                mapping.firstTokenEvent(time);
            }
        }
        if (exception || genAi) {
            eventAttributes(draft, from, length, exception);
        }
    }

    private void eventAttributes(SpanDraft draft, int from, int length, boolean exception) throws MalformedSpan {
        byte[] bytes = reader.array();
        int after = reader.position();
        int limit = reader.limit();
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != EVENT_ATTRIBUTE) {
                reader.skip(tag);
                continue;
            }
            attribute.read(reader, reader.length());
            if (exception) {
                exceptionAttribute(draft);
            } else if (!draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength)) {
                mapping.eventAttribute(draft, attribute);
                draft.endOfAttribute();
            }
        }
        reader.reset(bytes, after, limit);
    }

    /** Of several exceptions the last one is what the span failed with. */
    private void exceptionAttribute(SpanDraft draft) {
        boolean denied = draft.denies(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        draft.endOfAttribute();
        if (denied || !attribute.isText()) {
            return;
        }
        if (matches(attribute.bytes, attribute.keyFrom, attribute.keyLength, EXCEPTION_TYPE)) {
            exceptionType.set(attribute.bytes, attribute.valueFrom, attribute.valueLength);
        } else if (matches(attribute.bytes, attribute.keyFrom, attribute.keyLength, EXCEPTION_MESSAGE)) {
            exceptionMessage.set(attribute.bytes, attribute.valueFrom, attribute.valueLength);
        }
    }

    /** An exception explains an error; by itself it does not make one, since handled ones are recorded too. */
    private void finishError(SpanDraft draft) {
        if (draft.status() != SpanStatus.ERROR) {
            return;
        }
        if (!draft.has(TextField.ERROR_TYPE)) {
            exceptionType.copyTo(draft, TextField.ERROR_TYPE);
        }
        if (!draft.has(TextField.STATUS_MESSAGE)) {
            exceptionMessage.copyTo(draft, TextField.STATUS_MESSAGE);
        }
    }

    private long longAt(int at) {
        return (long) LONGS.get(reader.array(), at);
    }

    private static boolean matches(byte[] bytes, int from, int length, byte[] expected) {
        return length == expected.length && Arrays.equals(expected, 0, length, bytes, from, from + length);
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }

    /** A text that may be needed once the whole span is read. */
    private static final class Slice {
        private byte[] bytes = new byte[0];
        private int from;
        private int length;

        void set(byte[] source, int offset, int size) {
            bytes = source;
            from = offset;
            length = size;
        }

        void clear() {
            length = 0;
        }

        void copyTo(SpanDraft draft, TextField field) {
            if (length > 0) {
                draft.text(field, bytes, from, length);
            }
        }
    }
}
