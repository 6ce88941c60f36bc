package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.NormalisedUsage;
import io.millrace.schema.usage.ReportedUsage;
import io.millrace.schema.usage.TokenCount;

/**
 * The token counts of a span. Most conventions count the cached tokens among the input, some beside it; one that says by
 * itself how it counts is taken alone, since a mixture of both would mean nothing. Reused from span to span.
 */
final class TokenCounts {
    private static final int MAX_DIGITS = 64;

    private final Slots slots;
    private final ReportedUsage usage = new ReportedUsage();
    private final UsageDetails details = new UsageDetails();

    TokenCounts(Slots slots) {
        this.slots = slots;
    }

    void begin() {
        usage.clear();
        details.clear();
    }

    boolean take(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        long tokens = tokens(attribute);
        if (tokens == TokenCount.ABSENT) {
            return false;
        }
        if (tokens == TokenCount.UNUSABLE) {
            usage.set(rule.count(), tokens);
            return false;
        }
        if (!slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        usage.set(rule.count(), tokens);
        return true;
    }

    /** Takes the members of a structure of counts. */
    void takeDetails(Structure structure, Attribute attribute) throws MalformedSpan {
        structure.read(attribute, details);
    }

    static long tokens(Attribute attribute) {
        return switch (attribute.type) {
            case Attribute.INT -> TokenCount.of(attribute.number);
            case Attribute.DOUBLE -> TokenCount.of(attribute.asDouble());
            case Attribute.TEXT ->
                attribute.valueLength > MAX_DIGITS ? TokenCount.UNUSABLE : TokenCount.of(attribute.asString());
            case Attribute.NONE -> TokenCount.ABSENT;
            default -> TokenCount.UNUSABLE;
        };
    }

    /** Whether the span reports usage. Numbers that contradict each other are also kept as they were sent. */
    boolean finish(SpanDraft draft, Scope scope) throws MalformedSpan {
        NormalisedUsage normalised;
        if (details.isEmpty()) {
            normalised = scope == Scope.TRACELOOP_ANTHROPIC ? usage.exclusive() : usage.inclusive();
        } else {
            normalised = details.normalised();
            forEachSlot(slot -> slots.release(draft, slot));
        }
        if (normalised.usage() != null) {
            draft.usage(normalised.usage());
        }
        if (normalised.suspect()) {
            draft.mark(Mark.USAGE_SUSPECT);
            forEachSlot(slot -> slots.keep(draft, slot));
        }
        return normalised.usage() != null;
    }

    private interface SlotAction {
        void on(int slot) throws MalformedSpan;
    }

    private static void forEachSlot(SlotAction action) throws MalformedSpan {
        for (int slot = AttributeRule.FIRST_COUNT_SLOT; slot < AttributeRule.FIRST_TOKEN_SLOT; slot++) {
            action.on(slot);
        }
    }
}
