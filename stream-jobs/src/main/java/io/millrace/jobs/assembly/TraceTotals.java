package io.millrace.jobs.assembly;

import io.millrace.jobs.store.SeriesText;
import io.millrace.jobs.wire.ValueSerializer;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.SpanMessage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the spans of a trace, or of a part of it, add up to; the same whatever their order. Of bounded size. */
public final class TraceTotals {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final long[] usage = new long[UsageBucket.COUNT];
    private final int[] kinds = new int[SpanKind.values().length];
    /** The least ones: which are kept must not depend on the order either. */
    private final TreeSet<String> tags = new TreeSet<>();

    private long startNanos = Long.MAX_VALUE;
    private long endNanos = Long.MIN_VALUE;
    private int spans;
    private int errors;
    private int counted;
    private int unpriced;
    private @Nullable BigInteger cost;
    private String user = "";
    private String session = "";
    private String external = "";
    private @Nullable Extreme slowest;
    private @Nullable Extreme firstToken;

    /**
     * A span that is most in some way.
     *
     * @param measure by which it is
     * @param value what is told of it
     */
    private record Extreme(SpanId span, long measure, long value) {
        /** The one of the greater measure; of two that are equal the one of the lesser id. */
        static Extreme greater(@Nullable Extreme one, Extreme other) {
            if (one == null) {
                return other;
            }
            int order = Long.compare(one.measure, other.measure);
            return order > 0 || order == 0 && one.span.compareTo(other.span) <= 0 ? one : other;
        }
    }

    /**
     * Adds a span.
     *
     * @param isCounted its usage counts
     * @param isRoot it is the trace's root, which is never its slowest span
     */
    public void add(SpanFact fact, boolean isCounted, boolean isRoot) {
        startNanos = Math.min(startNanos, fact.message().getStartNanos());
        endNanos = Math.max(endNanos, fact.message().getStartNanos() + fact.durationNanos());
        fact.message().getTagsList().forEach(this::addTag);
        user = least(user, fact.message().getUserId());
        session = least(session, fact.message().getSessionId());
        external = least(external, fact.message().getExternalTraceId());
        if (!isRoot) {
            slowest = Extreme.greater(slowest, new Extreme(fact.id(), fact.durationNanos(), 0));
        }
        long toFirstToken = fact.message().getTimeToFirstTokenNanos();
        if (toFirstToken > 0) {
            // The earliest: the greater the measure the smaller the start.
            firstToken = Extreme.greater(
                    firstToken, new Extreme(fact.id(), -fact.message().getStartNanos(), toFirstToken));
        }
        count(fact, isCounted, 1);
    }

    /**
     * Takes out of all sums a span that was added and is added elsewhere from now on. It goes on to bear on what is
     * earliest, latest, slowest, least: there it comes in again where it is added.
     */
    void remove(SpanFact fact, boolean isCounted) {
        count(fact, isCounted, -1);
    }

    void add(TraceTotals other) {
        startNanos = Math.min(startNanos, other.startNanos);
        endNanos = Math.max(endNanos, other.endNanos);
        other.tags.forEach(this::addTag);
        user = least(user, other.user);
        session = least(session, other.session);
        external = least(external, other.external);
        slowest = other.slowest == null ? slowest : Extreme.greater(slowest, other.slowest);
        firstToken = other.firstToken == null ? firstToken : Extreme.greater(firstToken, other.firstToken);
        spans += other.spans;
        errors += other.errors;
        counted += other.counted;
        unpriced += other.unpriced;
        for (int i = 0; i < usage.length; i++) {
            usage[i] += other.usage[i];
        }
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] += other.kinds[i];
        }
        addCost(other.cost);
    }

    TraceTotals copy() {
        TraceTotals copy = new TraceTotals();
        copy.add(this);
        return copy;
    }

    /** Cost of the counted spans that have a price; null when none has. */
    @Nullable
    BigInteger cost() {
        return cost;
    }

    private void count(SpanFact fact, boolean isCounted, int sign) {
        spans += sign;
        errors += fact.isError() ? sign : 0;
        kinds[fact.kind().code()] += sign;
        Usage own = fact.usage();
        if (!isCounted || own == null) {
            return;
        }
        counted += sign;
        for (int i = 0; i < usage.length; i++) {
            usage[i] += sign * own.get(i);
        }
        Long pico = fact.cost().pico();
        if (pico == null) {
            unpriced += sign;
        } else {
            addCost(BigInteger.valueOf(sign * pico));
        }
        if (counted == unpriced) {
            cost = null;
        }
    }

    private void addCost(@Nullable BigInteger more) {
        if (more != null) {
            cost = cost == null ? more : cost.add(more);
        }
    }

    private void addTag(String tag) {
        tags.add(tag);
        if (tags.size() > SeriesText.MAX_TAGS) {
            tags.pollLast();
        }
    }

    /**
     * The root's own texts stand for the trace's, unless one is said of the trace itself.
     *
     * @param trace all of whose spans were added
     */
    TraceSummary summary(Trace trace) {
        Member root = trace.root();
        SpanFact top = root == null ? null : root.fact();
        SpanMessage own = SpanMessage.getDefaultInstance();
        if (trace.own != null) {
            PartialFold fold = PartialFold.of(trace.own);
            own = fold.said();
            own.getTagsList().forEach(this::addTag);
            addStart(fold.earliestStart(), trace);
        }
        return new TraceSummary(
                trace.state,
                top != null && top.isError(),
                trace.partial,
                startNanos,
                endNanos,
                trace.firstReceivedMillis,
                trace.lastReceivedMillis,
                spans,
                errors,
                counted,
                unpriced,
                Usage.of(usage.clone()),
                cost,
                firstToken == null ? 0 : firstToken.value(),
                top == null ? null : top.id(),
                slowest == null ? null : slowest.span(),
                preferred(own.getName(), top == null ? "" : top.message().getName()),
                preferred(own.getEnvironment(), top == null ? "" : top.environment()),
                preferred(
                        own.getUserId(),
                        top == null ? user : preferred(top.message().getUserId(), user)),
                preferred(
                        own.getSessionId(),
                        top == null ? session : preferred(top.message().getSessionId(), session)),
                preferred(own.getRelease(), top == null ? "" : top.release()),
                least(least(external, own.getExternalTraceId()), trace.externalId),
                List.copyOf(tags),
                kindCounts());
    }

    /** A trace without spans is a moment: when it is said to have begun, else when it was first heard of. */
    private void addStart(long said, Trace trace) {
        if (said != 0) {
            startNanos = Math.min(startNanos, said);
        } else if (spans == 0) {
            startNanos = trace.firstReceivedMillis * NANOS_PER_MILLI;
        }
        endNanos = Math.max(endNanos, startNanos);
    }

    private List<Integer> kindCounts() {
        List<Integer> counts = new ArrayList<>(kinds.length);
        for (int kind : kinds) {
            counts.add(kind);
        }
        return counts;
    }

    private static String preferred(String own, String otherwise) {
        return own.isEmpty() ? otherwise : own;
    }

    /** The same one of several values whatever their order; an empty one never wins. */
    private static String least(String one, String other) {
        return one.isEmpty() || !other.isEmpty() && other.compareTo(one) < 0 ? other : one;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(spans);
        out.writeInt(errors);
        out.writeInt(counted);
        out.writeInt(unpriced);
        out.writeLong(startNanos);
        out.writeLong(endNanos);
        for (long tokens : usage) {
            out.writeLong(tokens);
        }
        for (int kind : kinds) {
            out.writeInt(kind);
        }
        ValueSerializer.writeBytes(cost == null ? new byte[0] : cost.toByteArray(), out);
        out.writeUTF(user);
        out.writeUTF(session);
        out.writeUTF(external);
        write(slowest, out);
        write(firstToken, out);
        out.writeInt(tags.size());
        for (String tag : tags) {
            out.writeUTF(tag);
        }
    }

    static TraceTotals readFrom(DataInput in) throws IOException {
        TraceTotals totals = new TraceTotals();
        totals.spans = in.readInt();
        totals.errors = in.readInt();
        totals.counted = in.readInt();
        totals.unpriced = in.readInt();
        totals.startNanos = in.readLong();
        totals.endNanos = in.readLong();
        for (int i = 0; i < totals.usage.length; i++) {
            totals.usage[i] = in.readLong();
        }
        for (int i = 0; i < totals.kinds.length; i++) {
            totals.kinds[i] = in.readInt();
        }
        byte[] cost = ValueSerializer.readBytes(in);
        totals.cost = cost.length == 0 ? null : new BigInteger(cost);
        totals.user = in.readUTF();
        totals.session = in.readUTF();
        totals.external = in.readUTF();
        totals.slowest = read(in);
        totals.firstToken = read(in);
        int tags = in.readInt();
        for (int i = 0; i < tags; i++) {
            totals.tags.add(in.readUTF());
        }
        return totals;
    }

    private static void write(@Nullable Extreme extreme, DataOutput out) throws IOException {
        out.writeBoolean(extreme != null);
        if (extreme != null) {
            ValueSerializer.writeBytes(extreme.span().bytes(), out);
            out.writeLong(extreme.measure());
            out.writeLong(extreme.value());
        }
    }

    private static @Nullable Extreme read(DataInput in) throws IOException {
        return in.readBoolean()
                ? new Extreme(SpanId.of(ValueSerializer.readBytes(in)), in.readLong(), in.readLong())
                : null;
    }
}
