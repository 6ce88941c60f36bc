package io.millrace.ingest.langsmith;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whose part a message is: run, trace and parent, as far as it says. Reused from run to run. */
final class RunIds {
    private final UUID project;

    @Nullable
    String run;

    @Nullable
    String trace;

    @Nullable
    String parent;

    @Nullable
    String order;

    RunIds(UUID project) {
        this.project = project;
    }

    void clear() {
        run = null;
        trace = null;
        parent = null;
        order = null;
    }

    /** The trace's id as the message tells it; null when it does not. */
    @Nullable
    String saidTrace() {
        return present(trace) != null ? trace : DottedOrder.root(order);
    }

    private @Nullable String saidParent() {
        return present(parent) != null ? parent : DottedOrder.parent(order);
    }

    /**
     * Gives the draft its ids. A trace that nobody names is that of the run itself: this is right of roots, and of all
     * others it is marked.
     *
     * @param whole whether the message is one that names a parent if there is one
     */
    void fill(SpanDraft draft, boolean whole) throws MalformedSpan {
        String id = present(run);
        String parentId = saidParent();
        String traceId = saidTrace();
        draft.sentIds(traceId, id);
        if (id == null) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a run has an id");
        }
        if (traceId == null) {
            traceId = id;
            if (!whole || parentId != null) {
                draft.mark(Mark.TRACE_UNRESOLVED);
            }
        }
        span(draft, id);
        trace(draft, traceId);
        if (parentId != null && !isZero(parentId)) {
            SpanId bytes = SpanId.parse(project, parentId);
            draft.parentSpanId(bytes.high(), bytes.low(), bytes.wide());
        }
    }

    private void span(SpanDraft draft, String id) throws MalformedSpan {
        if (isZero(id)) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a run's id of zeros");
        }
        SpanId bytes = SpanId.parse(project, id);
        draft.spanId(bytes.high(), bytes.low(), bytes.wide());
        if (!SpanId.isCanonical(id)) {
            draft.text(TextField.EXTERNAL_SPAN_ID, id);
        }
    }

    private void trace(SpanDraft draft, String id) throws MalformedSpan {
        if (isZero(id)) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, "a trace id of zeros");
        }
        TraceId bytes = TraceId.parse(project, id);
        draft.traceId(bytes.high(), bytes.low());
        if (!TraceId.isCanonical(id)) {
            draft.text(TextField.EXTERNAL_TRACE_ID, id);
        }
    }

    private static boolean isZero(String id) {
        return id.chars().allMatch(digit -> digit == '0' || digit == '-');
    }

    private static @Nullable String present(@Nullable String id) {
        return id == null || id.isEmpty() ? null : id;
    }
}
