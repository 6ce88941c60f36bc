package io.millrace.query.trace;

import io.millrace.query.trace.TraceSummary.Figures;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The spans of one trace that are stored: their order, whose parents are missing, and what they sum up to. */
final class SpanTree {
    private static final Comparator<Fact> BY_START =
            Comparator.comparingLong(Fact::startNanos).thenComparing(Fact::id);

    private final List<Fact> spans;

    /**
     * @param spans none while all are open; of a span that is there twice the later received counts
     */
    SpanTree(List<Fact> spans) {
        this.spans = distinct(spans);
    }

    /** A placeholder or a span. */
    record Node(SpanId id, @Nullable Fact fact) {}

    /**
     * The spans in the order of their starts; before the first child of a parent that has not arrived stands its
     * placeholder.
     */
    List<Node> nodes() {
        Set<SpanId> shown = new HashSet<>();
        spans.forEach(span -> shown.add(span.id()));
        List<Node> nodes = new ArrayList<>(spans.size() + 1);
        for (Fact span : spans) {
            if (span.parent() != null && shown.add(span.parent())) {
                nodes.add(new Node(span.parent(), null));
            }
            nodes.add(new Node(span.id(), span));
        }
        return nodes;
    }

    /** What the spans themselves say of the trace, for one that has no summary yet. */
    TraceSummary summary(TraceId id) {
        Optional<Fact> root = root();
        Fact speaker = root.orElse(spans.get(0));
        return new TraceSummary(
                id,
                TraceState.LIVE,
                root.map(Fact::isError).orElse(false),
                false,
                speaker.name(),
                speaker.labels().userId(),
                speaker.labels().sessionId(),
                speaker.labels().environment(),
                speaker.labels().release(),
                null,
                speaker.tags(),
                root.map(Fact::id).orElse(null),
                figures(root));
    }

    /** What the spans sum up to, for a summary that is a moment behind them. */
    Figures figures() {
        return figures(root());
    }

    /** A summary that may be a moment behind the spans, with what they sum up to; a trace may begin before its first span. */
    TraceSummary brought(TraceSummary row) {
        return spans.isEmpty()
                ? row
                : row.withFigures(figures().startingAtLatest(row.figures().startNanos()));
    }

    private Figures figures(Optional<Fact> root) {
        long end = spans.stream().mapToLong(Fact::endNanos).max().orElse(0);
        int errors = (int) spans.stream().filter(Fact::isError).count();
        int counted = 0;
        int unpriced = 0;
        long[] usage = new long[UsageBucket.COUNT];
        BigInteger cost = null;
        Long firstToken = root.map(Fact::timeToFirstTokenNanos).orElse(null);
        for (Fact span : spans) {
            if (!span.counted() || span.usage() == null) {
                continue;
            }
            counted++;
            add(usage, span.usage());
            if (span.costPico() == null) {
                unpriced++;
            } else {
                cost = cost == null ? span.costPico() : cost.add(span.costPico());
            }
            firstToken = firstToken == null ? span.timeToFirstTokenNanos() : firstToken;
        }
        return new Figures(
                spans.get(0).startNanos(),
                end,
                spans.size(),
                errors,
                counted,
                unpriced,
                Usage.of(usage),
                cost,
                firstToken);
    }

    /** The span without parent, else the one that its client calls the application's root, else the one rows mark. */
    private Optional<Fact> root() {
        return spans.stream()
                .filter(span -> span.parent() == null)
                .findFirst()
                .or(() -> spans.stream()
                        .filter(span -> Mark.APP_ROOT.in(span.marks()))
                        .findFirst())
                .or(() -> spans.stream().filter(Fact::root).findFirst());
    }

    private static void add(long[] sum, Usage usage) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += usage.get(i);
        }
    }

    /** A span whose day was moved may be seen in both places within a moment. */
    private static List<Fact> distinct(List<Fact> spans) {
        Set<SpanId> seen = new HashSet<>();
        return spans.stream()
                .sorted(Comparator.comparing(Fact::receivedAt).reversed())
                .filter(span -> seen.add(span.id()))
                .sorted(BY_START)
                .toList();
    }
}
