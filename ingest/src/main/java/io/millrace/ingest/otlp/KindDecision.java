package io.millrace.ingest.otlp;

import io.millrace.ingest.span.SpanDraft;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import org.jspecify.annotations.Nullable;

/** What kind of span it is, from everything that its attributes say of it. Reused from span to span. */
final class KindDecision {
    private KindNames.@Nullable Named told;
    private int rank;
    private boolean sumsUpChildren;
    private boolean modelled;
    private boolean toolMark;
    private boolean agentMark;

    void begin() {
        told = null;
        rank = Integer.MAX_VALUE;
        sumsUpChildren = false;
        modelled = false;
        toolMark = false;
        agentMark = false;
    }

    /** Hears a value of an attribute that may name a kind; of several the one with the least rank is believed. */
    void hear(AttributeRule rule, Attribute attribute) {
        KindNames names = rule.kinds;
        if (names == null || !attribute.isText()) {
            return;
        }
        KindNames.Named named = names.find(attribute.bytes, attribute.valueFrom, attribute.valueLength);
        if (named == null) {
            return;
        }
        sumsUpChildren |= named.trait == KindNames.Trait.SUMS_UP_CHILDREN;
        if (rule.kindRank < rank) {
            rank = rule.kindRank;
            told = named;
        }
    }

    /** A model is named. */
    void model() {
        modelled = true;
    }

    void tool() {
        toolMark = true;
    }

    void agent() {
        agentMark = true;
    }

    /**
     * Gives the span its kind.
     *
     * @param reports it reports what only a call has: usage, a cost, or the prompt it was made from
     * @param used it reports usage
     */
    void decide(SpanDraft draft, boolean reports, boolean used) {
        draft.kind(kind(reports, used));
        if (sumsUpChildren) {
            draft.mark(Mark.USAGE_OF_CHILDREN);
        }
        KindNames.Named named = told;
        if (named != null && named.trait == KindNames.Trait.STREAMED) {
            draft.streaming(true);
        }
    }

    private SpanKind kind(boolean reports, boolean used) {
        KindNames.Named named = told;
        if (named != null) {
            boolean call = named.trait == KindNames.Trait.UNLESS_CALL && (modelled || reports);
            return call ? SpanKind.LLM : named.kind;
        }
        if (toolMark) {
            return SpanKind.TOOL;
        }
        if (agentMark) {
            return SpanKind.AGENT;
        }
        return modelled || used ? SpanKind.LLM : SpanKind.SPAN;
    }
}
