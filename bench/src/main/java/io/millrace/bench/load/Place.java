package io.millrace.bench.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The places of the six spans in a generated trace. The outer call repeats the usage of the call inside it, and the
 * agent repeats the sum of both calls, as SDKs do: neither must be counted.
 */
enum Place {
    AGENT(null, 4_000, 1, Tokens.BOTH_REPEATED),
    /** A retriever, in every fourth trace the embedding of a query instead. */
    LOOKUP(AGENT, 3_990, 3_700, Tokens.EMBEDDED),
    FIRST_CALL(AGENT, 3_690, 2_400, Tokens.FIRST),
    OUTER_CALL(AGENT, 2_390, 900, Tokens.SECOND_REPEATED),
    INNER_CALL(OUTER_CALL, 2_380, 910, Tokens.SECOND),
    TOOL(AGENT, 890, 20, Tokens.NONE);

    /** The places of a whole trace. */
    static final List<Place> WHOLE = List.of(values());
    /** What ends first: without its parents, so that they come in another request. */
    static final List<Place> INNER_HALF = List.of(FIRST_CALL, INNER_CALL, TOOL);
    /** The rest of {@link #INNER_HALF}. */
    static final List<Place> OUTER_HALF = List.of(AGENT, LOOKUP, OUTER_CALL);

    private final @Nullable Place parent;
    private final int startMillisBefore;
    private final int endMillisBefore;
    private final Tokens tokens;

    /** Whose tokens a span reports. */
    enum Tokens {
        NONE,
        EMBEDDED,
        FIRST,
        SECOND,
        SECOND_REPEATED,
        BOTH_REPEATED;

        /** Whether they count. */
        boolean count() {
            return this == EMBEDDED || this == FIRST || this == SECOND;
        }
    }

    Place(@Nullable Place parent, int startMillisBefore, int endMillisBefore, Tokens tokens) {
        this.parent = parent;
        this.startMillisBefore = startMillisBefore;
        this.endMillisBefore = endMillisBefore;
        this.tokens = tokens;
    }

    @Nullable
    Place parent() {
        return parent;
    }

    /** How long before the request is due the span starts. */
    long startNanosBefore() {
        return startMillisBefore * 1_000_000L;
    }

    /** How long before the request is due the span ends. */
    long endNanosBefore() {
        return endMillisBefore * 1_000_000L;
    }

    Tokens tokens() {
        return tokens;
    }
}
