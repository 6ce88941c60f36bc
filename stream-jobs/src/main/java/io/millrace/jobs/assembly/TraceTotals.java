package io.millrace.jobs.assembly;

import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the spans of a trace add up to; the same whatever their order. */
final class TraceTotals {
    private final long[] usage = new long[UsageBucket.COUNT];
    private final Integer[] kinds = new Integer[SpanKind.values().length];
    private final Set<String> tags = new TreeSet<>();
    private long startNanos = Long.MAX_VALUE;
    private long endNanos = Long.MIN_VALUE;
    private int errors;
    private int counted;
    private int unpriced;
    private String user = "";
    private String session = "";
    private String external = "";
    private @Nullable SpanFact slowest;
    private @Nullable SpanFact firstToken;

    TraceTotals() {
        Arrays.fill(kinds, 0);
    }

    void add(Member member) {
        SpanFact fact = member.fact();
        startNanos = Math.min(startNanos, fact.message().getStartNanos());
        endNanos = Math.max(endNanos, fact.message().getStartNanos() + fact.durationNanos());
        errors += fact.isError() ? 1 : 0;
        kinds[fact.kind().code()]++;
        tags.addAll(fact.message().getTagsList());
        user = least(user, fact.message().getUserId());
        session = least(session, fact.message().getSessionId());
        external = least(external, fact.message().getExternalTraceId());
        addUsage(member);
        if (!member.root() && (slowest == null || isSlower(fact, slowest))) {
            slowest = fact;
        }
        if (fact.message().getTimeToFirstTokenNanos() > 0 && (firstToken == null || isEarlier(fact, firstToken))) {
            firstToken = fact;
        }
    }

    private void addUsage(Member member) {
        Usage own = member.fact().usage();
        if (!member.counted() || own == null) {
            return;
        }
        counted++;
        unpriced += member.fact().cost().pico() == null ? 1 : 0;
        for (int i = 0; i < usage.length; i++) {
            usage[i] += own.get(i);
        }
    }

    /**
     * @param trace whose members were added
     */
    TraceSummary summary(Trace trace) {
        Member root = trace.root();
        SpanFact top = root == null ? null : root.fact();
        return new TraceSummary(
                trace.state,
                top != null && top.isError(),
                trace.partial,
                startNanos,
                endNanos,
                trace.firstReceivedMillis,
                trace.lastReceivedMillis,
                trace.members.size(),
                errors,
                counted,
                unpriced,
                Usage.of(usage),
                trace.cost(),
                firstToken == null ? 0 : firstToken.message().getTimeToFirstTokenNanos(),
                top == null ? null : top.id(),
                slowest == null ? null : slowest.id(),
                top == null ? "" : top.message().getName(),
                top == null ? "" : top.environment(),
                top == null ? user : preferred(top.message().getUserId(), user),
                top == null ? session : preferred(top.message().getSessionId(), session),
                top == null ? "" : top.release(),
                external,
                List.copyOf(tags),
                List.of(kinds));
    }

    private static String preferred(String own, String otherwise) {
        return own.isEmpty() ? otherwise : own;
    }

    private static boolean isSlower(SpanFact fact, SpanFact other) {
        int slower = Long.compare(fact.durationNanos(), other.durationNanos());
        return slower != 0 ? slower > 0 : fact.id().compareTo(other.id()) < 0;
    }

    private static boolean isEarlier(SpanFact fact, SpanFact other) {
        int earlier =
                Long.compare(fact.message().getStartNanos(), other.message().getStartNanos());
        return earlier != 0 ? earlier < 0 : fact.id().compareTo(other.id()) < 0;
    }

    /** The same one of several values whatever their order; an empty one never wins. */
    private static String least(String one, String other) {
        return one.isEmpty() || !other.isEmpty() && other.compareTo(one) < 0 ? other : one;
    }
}
