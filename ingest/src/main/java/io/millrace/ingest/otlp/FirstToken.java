package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import java.time.DateTimeException;
import java.time.Instant;

/** How long a span's first token took, in whichever way it is told. Reused from span to span. */
final class FirstToken {
    private static final int MAX_TEXT = 64;
    /** Beyond a year a number is some other unit, or an instant. */
    private static final double MAX_SECONDS = 31_536_000;

    private static final long MAX_EPOCH_SECOND = Long.MAX_VALUE / 1_000_000_000L - 1;

    private final Slots slots;
    /** Nanoseconds: since the span's start, or since the epoch. */
    private long nanos;

    private boolean sinceEpoch;
    private long eventNanos;

    FirstToken(Slots slots) {
        this.slots = slots;
    }

    void begin() {
        eventNanos = 0;
    }

    boolean takeNumber(SpanDraft draft, AttributeRule rule, Attribute attribute, double unitsPerSecond, Place place)
            throws MalformedSpan {
        double number = attribute.type == Attribute.DOUBLE
                ? attribute.asDouble()
                : attribute.type == Attribute.INT ? attribute.number : Double.NaN;
        double seconds = number / unitsPerSecond;
        if (!(seconds > 0 && seconds < MAX_SECONDS) || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        nanos = Math.round(seconds * 1e9);
        sinceEpoch = false;
        return true;
    }

    boolean takeInstant(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        long instant = instant(attribute);
        if (instant <= 0 || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        nanos = instant;
        sinceEpoch = true;
        return true;
    }

    /** An event says that the first token was there; the earliest one counts. */
    void event(long epochNanos) {
        if (epochNanos > 0 && (eventNanos == 0 || epochNanos < eventNanos)) {
            eventNanos = epochNanos;
        }
    }

    /** Nanoseconds since the epoch; 0: the text is no time. Some clients write the text as JSON, in quotation marks. */
    private static long instant(Attribute attribute) {
        if (!attribute.isText() || attribute.valueLength > MAX_TEXT) {
            return 0;
        }
        try {
            Instant time = Instant.parse(attribute.asString().replace("\"", "").strip());
            long seconds = time.getEpochSecond();
            return seconds > 0 && seconds < MAX_EPOCH_SECOND ? seconds * 1_000_000_000L + time.getNano() : 0;
        } catch (DateTimeException noTime) {
            return 0;
        }
    }

    /** The span's start must be in the draft. What is not after it tells nothing, and stays an attribute. */
    void finish(SpanDraft draft) throws MalformedSpan {
        if (!slots.isFilled(AttributeRule.FIRST_TOKEN_SLOT)) {
            set(draft, afterStart(draft, eventNanos));
        } else if (!set(draft, sinceEpoch ? afterStart(draft, nanos) : nanos)) {
            slots.release(draft, AttributeRule.FIRST_TOKEN_SLOT);
        }
    }

    /** 0 where the span does not say when it began. */
    private static long afterStart(SpanDraft draft, long epochNanos) {
        return draft.startNanos() > 0 ? epochNanos - draft.startNanos() : 0;
    }

    private static boolean set(SpanDraft draft, long afterNanos) {
        if (afterNanos <= 0) {
            return false;
        }
        draft.timeToFirstTokenNanos(afterNanos);
        return true;
    }
}
