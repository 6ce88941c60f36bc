package io.millrace.jobs.store;

import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.jobs.assembly.TraceState;
import io.millrace.jobs.assembly.TraceTotals;
import io.millrace.schema.id.TraceId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of a trace.
 *
 * @param row the trace's own row; null while only facts are there
 * @param facts its spans. Their messages have no body, and no external trace id: that is in the trace's row; no fact is cold
 * @param others what the spans add up to that are beyond the limit; never the root. Null when there are none
 */
public record StoredTrace(
        UUID project,
        TraceId trace,
        @Nullable TraceRow row,
        List<FactRow> facts,
        @Nullable TraceTotals others) {
    public boolean isSettled() {
        return row != null && row.summary().state() == TraceState.SETTLED;
    }

    /** The same trace with other rows in place of its own. */
    public StoredTrace knowing(UnaryOperator<FactRow> ofFact, UnaryOperator<TraceRow> ofTrace) {
        return new StoredTrace(
                project,
                trace,
                row == null ? null : ofTrace.apply(row),
                facts.stream().map(ofFact).toList(),
                others);
    }

    /** Takes in a trace fact by fact, and never holds more of it than the limit. */
    static final class Collector {
        private final UUID project;
        private final TraceId trace;
        private final TraceLimit limit;
        private final List<FactRow> facts = new ArrayList<>();
        private long bytes;
        private @Nullable TraceTotals others;
        private @Nullable TraceRow row;

        Collector(UUID project, TraceId trace, TraceLimit limit) {
            this.project = project;
            this.trace = trace;
            this.limit = limit;
        }

        void add(FactRow fact) {
            facts.add(fact);
            bytes += fact.fact().bytes();
            if (limit.isReached(facts.size(), bytes)) {
                fold();
            }
        }

        void row(TraceRow own) {
            row = own;
        }

        StoredTrace stored() {
            return new StoredTrace(project, trace, row, List.copyOf(facts), others);
        }

        private void fold() {
            TraceTotals totals = others == null ? new TraceTotals() : others;
            List<SpanFact> spans = facts.stream().map(FactRow::fact).toList();
            List<FactRow> oldest = facts.subList(0, limit.excess(spans, bytes));
            List<FactRow> roots = oldest.stream().filter(FactRow::root).toList();
            for (FactRow fact : oldest) {
                if (!fact.root()) {
                    totals.add(fact.fact(), fact.counted(), false);
                    bytes -= fact.fact().bytes();
                }
            }
            oldest.clear();
            facts.addAll(0, roots);
            others = totals;
        }
    }
}
