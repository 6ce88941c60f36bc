package io.millrace.ingest.otlp;

import java.nio.charset.StandardCharsets;

/** Instrumentation scopes whose spans mean something else than they say. */
enum Scope {
    /** Spans from here mean what they say. */
    OTHER,
    /** Says OK of a failed run, which is told by its exception. */
    LANGSMITH,
    /** Traceloop's for Node: counts cached tokens beside the input, as Anthropic's API does. */
    TRACELOOP_ANTHROPIC;

    private static final String LANGSMITH_NAME = "langsmith";
    private static final String TRACELOOP_ANTHROPIC_NAME = "@traceloop/instrumentation-anthropic";

    /** The scope of that name, which may go on behind the part that is known. */
    static Scope of(byte[] bytes, int from, int length) {
        String name = new String(bytes, from, length, StandardCharsets.UTF_8);
        if (name.startsWith(LANGSMITH_NAME)) {
            return LANGSMITH;
        }
        return name.startsWith(TRACELOOP_ANTHROPIC_NAME) ? TRACELOOP_ANTHROPIC : OTHER;
    }
}
