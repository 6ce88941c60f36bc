package io.millrace.schema.span;

import java.util.Locale;

/** What a span did. The code is what messages and rows carry: it never changes its meaning. */
public enum SpanKind {
    SPAN(0),
    LLM(1),
    EMBEDDING(2),
    RETRIEVER(3),
    RERANKER(4),
    TOOL(5),
    AGENT(6),
    CHAIN(7),
    GUARDRAIL(8),
    EVALUATOR(9),
    EVENT(10);

    private static final SpanKind[] BY_CODE = values();

    private final int code;
    private final String label;

    SpanKind(int code) {
        this.code = code;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    public int code() {
        return code;
    }

    /** The lower-case name of the public API. */
    public String label() {
        return label;
    }

    /** Whether a span of this kind is a call to a model, so that its usage may count. */
    public boolean callsModel() {
        return this == LLM || this == EMBEDDING;
    }

    /** A code this version does not know is a plain span: a newer edge must not stop an older job. */
    public static SpanKind of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : SPAN;
    }
}
