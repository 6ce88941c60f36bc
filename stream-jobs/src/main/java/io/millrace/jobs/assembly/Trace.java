package io.millrace.jobs.assembly;

import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.StoredTrace;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merged spans of one trace. Whatever the order in which spans arrive, or the messages of those that are sent in parts,
 * the members are the same in the end; at each step the difference to the step before is told to {@link Changes}. A span
 * is looked at a bounded number of times, so that a trace of n spans costs in the order of n.
 *
 * <p>A span whose end is not known yet waits: it is a member, and has no row. A trace of which there are only notes has no
 * row either.
 */
public final class Trace {
    private static final int INDEX_FROM = 16;
    private static final long DAY_NANOS = 86_400_000_000_000L;

    /** Told of each member that is new or has become another; asked for what only the job knows. */
    interface Changes {
        /**
         * @param before null when the span is new
         */
        void changed(@Nullable Member before, Member after);

        /** What a span costs that was merged from its parts. */
        default SpanCost costOf(SpanMessage span, @Nullable Usage usage) {
            return SpanCost.NONE;
        }

        /** The last checkpoint before what changes now; 0 when there was none. */
        default long lastCheckpoint() {
            return 0;
        }
    }

    /** What became of a message. */
    enum Outcome {
        /** It made a span. */
        STORED,
        /** It changed a span that was there, or added to what is said of the trace. */
        MERGED,
        /** It changed nothing. */
        DUPLICATE
    }

    // -- what is kept
    long epochDay;
    /** In the order in which they came, the root aside: it is never flushed. */
    final List<Member> members;
    /** Parents that have not arrived and under which a model call that may count lies. */
    final Set<SpanId> absentAboveCall;

    /** What the spans add up to that were flushed and are in the store only; null while there are none. */
    @Nullable
    TraceTotals flushed;

    /** The store was asked what it has of the trace; what it had is here. */
    boolean consulted;

    /** Sticky once settled: a late span amends the trace. */
    TraceState state = TraceState.LIVE;
    /** Nothing has changed since it settled last. */
    boolean quiet;
    /** It settled at its cap, not because it was quiet. */
    boolean partial;
    /** Index of the root in {@link #members}; -1 while there is none. */
    int root = -1;
    /** What the settled trace contributed: its root, and its cost (null: unpriced); no root: nothing yet. */
    @Nullable
    Member contributedRoot;

    @Nullable
    BigInteger contributedCost;

    /** As a message that is no longer in state had it; may be empty. */
    String externalId = "";

    /** Messages about the trace itself, and notes on its spans; null while there are none. */
    @Nullable
    Partials own;

    long firstReceivedMillis;
    long lastReceivedMillis;
    /** Stream time of the first span in state. */
    long beganAt = Long.MIN_VALUE;
    /** Stream time of the last change. */
    long changedAt = Long.MIN_VALUE;
    /** Stream time since which some span waits for its end. */
    long openedAt = Long.MIN_VALUE;
    /** Stream time of the timer that is set; 0 when none is. */
    long timerAt;
    /** It has grown since it was last said. */
    boolean unsaid;
    /** Stream time at which its row was last written. */
    long writtenAt;
    /** The last checkpoint before its rows were handed to the writers. */
    long dirtyAfterCheckpoint;

    // -- at run time only
    private long bytes;
    private int open;
    private @Nullable Map<SpanId, Integer> index;

    Trace(long epochDay) {
        this(epochDay, new ArrayList<>(), new HashSet<>(2));
    }

    Trace(long epochDay, List<Member> members, Set<SpanId> absentAboveCall) {
        this.epochDay = epochDay;
        this.members = members;
        this.absentAboveCall = absentAboveCall;
        measure();
    }

    /**
     * A trace that was let go of, as the store remembers it. What its spans contributed is a function of the spans, so
     * only they are taken from there.
     *
     * @param next the span that brings it back
     */
    static Trace restored(StoredTrace stored, SpanFact next) {
        TraceRow row = stored.row();
        Trace trace = new Trace(row == null ? Math.floorDiv(next.windowAtNanos(), DAY_NANOS) : row.epochDay());
        trace.consulted = true;
        trace.flushed = stored.others();
        for (FactRow fact : stored.facts()) {
            trace.add(new Member(fact.fact(), false, false, false));
            trace.received(fact.fact());
            if (fact.root()) {
                trace.root = trace.members.size() - 1;
            }
        }
        if (row != null) {
            trace.externalId = row.summary().externalId();
            trace.own = row.own();
        }
        if (row != null && (stored.others() != null || row.own() != null)) {
            trace.firstReceivedMillis = row.summary().firstReceivedMillis();
            trace.lastReceivedMillis = row.summary().lastReceivedMillis();
        }
        trace.recount();
        boolean settled = stored.isSettled() && (!trace.members.isEmpty() || trace.own != null);
        trace.markRoot(trace.bestRoot(settled));
        if (settled && row != null) {
            trace.state = TraceState.SETTLED;
            trace.quiet = true;
            trace.partial = row.summary().partial();
            trace.contributedRoot = trace.endedRoot();
            trace.contributedCost = trace.contributedRoot == null ? null : trace.cost();
        }
        return trace;
    }

    /** One that can go on without touching this one. */
    Trace copy() {
        Trace copy = new Trace(epochDay, new ArrayList<>(members), new HashSet<>(absentAboveCall));
        copy.flushed = flushed == null ? null : flushed.copy();
        copy.consulted = consulted;
        copy.state = state;
        copy.quiet = quiet;
        copy.partial = partial;
        copy.root = root;
        copy.contributedRoot = contributedRoot;
        copy.contributedCost = contributedCost;
        copy.externalId = externalId;
        copy.own = own;
        copy.firstReceivedMillis = firstReceivedMillis;
        copy.lastReceivedMillis = lastReceivedMillis;
        copy.beganAt = beganAt;
        copy.changedAt = changedAt;
        copy.openedAt = openedAt;
        copy.timerAt = timerAt;
        copy.unsaid = unsaid;
        copy.writtenAt = writtenAt;
        copy.dirtyAfterCheckpoint = dirtyAfterCheckpoint;
        return copy;
    }

    /** Takes in a span, a message of one that is sent in parts, or one about the trace itself. */
    Outcome accept(SpanFact fact, Changes changes) {
        if (own != null && !exists()) {
            // Notes may come whenever they like: its day and its age are those of the first that is more.
            epochDay = Math.floorDiv(fact.windowAtNanos(), DAY_NANOS);
            beganAt = Long.MIN_VALUE;
        }
        Outcome outcome = fact.isOfTrace() ? addOwn(fact) : acceptSpan(fact, changes);
        if (outcome != Outcome.DUPLICATE) {
            received(fact);
        }
        return outcome;
    }

    private Outcome acceptSpan(SpanFact fact, Changes changes) {
        int known = indexOf(fact.id());
        if (fact.partials() == null) {
            return known < 0 ? insert(fact, changes) : replace(known, fact, changes);
        }
        return known < 0
                ? insert(PartialFold.span(fact, fact.partials(), changes::costOf), changes)
                : merge(known, fact, fact.partials(), changes);
    }

    private Outcome addOwn(SpanFact fact) {
        Partials before = own;
        own = before == null || fact.partials() == null ? fact.partials() : before.with(fact.partials());
        return Objects.equals(own, before) ? Outcome.DUPLICATE : Outcome.MERGED;
    }

    /** Whether there is more of it than notes: spans, or something that is said of the trace itself. */
    boolean exists() {
        return hasSpans() || own != null && !own.areNotes();
    }

    /** Whether any span of it came. */
    boolean hasSpans() {
        return !members.isEmpty() || flushed != null;
    }

    /** How many spans wait for their end. */
    int open() {
        return open;
    }

    /** Whether nothing is to be waited for but that it stays quiet: the root has ended, and no span is open. */
    boolean isEnded() {
        return open == 0 && endedRoot() != null;
    }

    /** Whether a span of this id is in state; one that was flushed is not. */
    boolean has(SpanId id) {
        return indexOf(id) >= 0;
    }

    /** Whether some of its spans are in the store only. */
    boolean isFlushed() {
        return flushed != null;
    }

    boolean isAt(TraceLimit limit) {
        return limit.isReached(members.size(), bytes);
    }

    /**
     * Keeps the newer half of the spans and the root, and of the others only what they add up to. What lies above and
     * below each other is usually close in time, so that usage goes on to be counted once.
     */
    void flushOldest(TraceLimit limit) {
        TraceTotals totals = flushed == null ? new TraceTotals() : flushed;
        int cut = limit.excess(members.stream().map(Member::fact).toList(), bytes);
        List<Member> kept = new ArrayList<>(members.size() - cut + 1);
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            if (i >= cut || i == root) {
                kept.add(member);
            } else {
                totals.add(member.fact(), member.counted(), false);
            }
        }
        root = root < 0 ? -1 : kept.indexOf(members.get(root));
        members.clear();
        members.addAll(kept);
        flushed = totals;
        index = null;
        measure();
        if (absentAboveCall.size() > limit.spans()) {
            // So many parents never came: they will not, and what is kept of a trace has to end somewhere.
            absentAboveCall.clear();
        }
    }

    /** Keeps a span that was flushed in state again, since another message of it came. */
    void takeBack(FactRow stored) {
        TraceTotals totals = flushed;
        if (totals != null && !has(stored.fact().id())) {
            totals.remove(stored.fact(), stored.counted());
            boolean callBelow = stored.fact().mayCount() && !stored.counted();
            add(new Member(stored.fact(), stored.counted(), callBelow, false));
        }
    }

    /**
     * Joins this trace, which was begun without asking the store and has not been flushed, with what the store had of
     * it.
     *
     * @param earlier without the spans of this one
     * @return whether both have contributed as settled traces: what the earlier one did has to be taken back
     */
    boolean adopt(Trace earlier, Changes changes) {
        List<Member> before = new ArrayList<>(members);
        for (Member member : earlier.members) {
            add(member);
            before.add(member);
        }
        flushed = earlier.flushed;
        absentAboveCall.addAll(earlier.absentAboveCall);
        own = own == null ? earlier.own : earlier.own == null ? own : earlier.own.with(own);
        consulted = true;
        epochDay = earlier.epochDay;
        partial |= earlier.partial;
        externalId = earlier.externalId;
        if (earlier.state == TraceState.SETTLED) {
            state = TraceState.SETTLED;
        }
        firstReceivedMillis = Math.min(firstReceivedMillis, earlier.firstReceivedMillis);
        lastReceivedMillis = Math.max(lastReceivedMillis, earlier.lastReceivedMillis);
        recount();
        markRoot(bestRoot(state == TraceState.SETTLED));
        tellDifferences(before, -1, changes);
        if (earlier.contributedRoot == null || contributedRoot != null) {
            return earlier.contributedRoot != null;
        }
        contributedRoot = earlier.contributedRoot;
        contributedCost = earlier.contributedCost;
        return false;
    }

    private void add(Member member) {
        Map<SpanId, Integer> byId = index;
        if (byId != null) {
            byId.put(member.fact().id(), members.size());
        }
        members.add(member);
        bytes += member.fact().bytes();
        open += member.waits() ? 1 : 0;
    }

    /** Puts another one in its place. */
    private void put(int position, Member member) {
        Member before = members.set(position, member);
        bytes += member.fact().bytes() - before.fact().bytes();
        open += (member.waits() ? 1 : 0) - (before.waits() ? 1 : 0);
    }

    private void measure() {
        bytes = 0;
        open = 0;
        for (Member member : members) {
            bytes += member.fact().bytes();
            open += member.waits() ? 1 : 0;
        }
    }

    private void received(SpanFact fact) {
        firstReceivedMillis = firstReceivedMillis == 0
                ? fact.receivedAtMillis()
                : Math.min(firstReceivedMillis, fact.receivedAtMillis());
        lastReceivedMillis = Math.max(lastReceivedMillis, fact.receivedAtMillis());
    }

    /** The root as it stands; null while no span can be one. */
    @Nullable
    Member root() {
        return root < 0 ? null : members.get(root);
    }

    /** The root, once it has ended. */
    @Nullable
    Member endedRoot() {
        Member top = root();
        return top != null && top.fact().isComplete() ? top : null;
    }

    /**
     * All is quiet: where no span is a root by itself, the earliest one whose parent never came becomes it. Spans that
     * still wait for their end wait no longer.
     */
    void settle(Changes changes) {
        for (int i = 0; open > 0 && i < members.size(); i++) {
            Member member = members.get(i);
            if (member.waits()) {
                SpanFact fact = placedNow(member.fact(), changes);
                put(i, new Member(fact, member.counted(), member.callBelow(), member.root()));
                changes.changed(member, members.get(i));
            }
        }
        openedAt = Long.MIN_VALUE;
        chooseRoot(bestRoot(true), changes);
        state = TraceState.SETTLED;
        quiet = true;
    }

    /** A span came in: the trace has to be quiet anew before it settles. */
    void touch(long streamTime) {
        quiet = false;
        changedAt = streamTime;
        if (beganAt == Long.MIN_VALUE) {
            beganAt = streamTime;
        }
        if (open == 0) {
            openedAt = Long.MIN_VALUE;
        } else if (openedAt == Long.MIN_VALUE) {
            openedAt = streamTime;
        }
        if (state != TraceState.SETTLED) {
            state = isEnded() ? TraceState.COMPLETE : TraceState.LIVE;
        }
    }

    /** Cost of the counted spans that have a price; null when none has. */
    @Nullable
    BigInteger cost() {
        BigInteger sum = flushed == null ? null : flushed.cost();
        for (Member member : members) {
            Long pico = member.fact().cost().pico();
            if (member.counted() && pico != null) {
                sum = sum == null ? BigInteger.valueOf(pico) : sum.add(BigInteger.valueOf(pico));
            }
        }
        return sum;
    }

    private Outcome insert(SpanFact fact, Changes changes) {
        boolean callBelow = absentAboveCall.remove(fact.id());
        boolean mayCount = fact.mayCount();
        Member member = new Member(fact, mayCount && !callBelow, callBelow, false, !fact.isComplete());
        int position = members.size();
        add(member);
        if (isBetterRoot(fact, position)) {
            demoteRoot(changes);
            member = member.withRoot(true);
            members.set(position, member);
            root = position;
        }
        changes.changed(null, member);
        if (callBelow || mayCount) {
            markAbove(fact.parent(), changes);
        }
        return Outcome.STORED;
    }

    /** Every span above a model call that may count does not count itself. */
    private void markAbove(@Nullable SpanId parent, Changes changes) {
        SpanId at = parent;
        while (at != null) {
            int position = indexOf(at);
            if (position < 0) {
                absentAboveCall.add(at);
                return;
            }
            Member above = members.get(position);
            if (above.callBelow()) {
                return;
            }
            become(position, above.withCallBelow(), changes);
            at = above.fact().parent();
        }
    }

    /**
     * Two complete spans of one id: one that came whole wins over one that came in parts, then the later end wins, then the
     * larger hash, whatever the order of arrival.
     */
    private Outcome replace(int position, SpanFact fact, Changes changes) {
        Member old = members.get(position);
        if (old.fact().partials() == null && !supersedes(fact, old.fact())) {
            return Outcome.DUPLICATE;
        }
        putAndRecount(position, old.waits() ? fact : fact.placedAs(old.fact()), false, changes);
        // One that waited had no row: it is this message that makes it.
        return old.waits() ? Outcome.STORED : Outcome.MERGED;
    }

    private void putAndRecount(int position, SpanFact fact, boolean waits, Changes changes) {
        List<Member> before = List.copyOf(members);
        put(position, new Member(fact, false, before.get(position).callBelow(), false, waits));
        recount();
        markRoot(bestRoot(state == TraceState.SETTLED));
        tellDifferences(before, position, changes);
    }

    /** Another message of a span that is sent in parts; one of a span that came whole changes nothing. */
    private Outcome merge(int position, SpanFact fact, Partials more, Changes changes) {
        Member old = members.get(position);
        Partials before = old.fact().partials();
        Partials both = before == null ? null : before.with(more);
        if (both == null || both.equals(before)) {
            return Outcome.DUPLICATE;
        }
        SpanFact merged = PartialFold.span(old.fact(), both, changes::costOf);
        // The message that brings the end makes the row, in its own place.
        boolean makesRow = old.waits() && merged.isComplete();
        if (makesRow) {
            merged = PartialFold.span(fact, both, changes::costOf);
        } else if (!old.waits()) {
            merged = merged.placedAs(old.fact());
        }
        boolean waits = old.waits() && !makesRow;
        if (othersStayAsTheyAre(position, merged)) {
            putAlone(position, merged, waits, changes);
        } else {
            putAndRecount(position, merged, waits, changes);
        }
        return makesRow ? Outcome.STORED : Outcome.MERGED;
    }

    /** Its row is made by no message, but now. */
    private static SpanFact placedNow(SpanFact fact, Changes changes) {
        Partials partials = fact.partials();
        return partials == null ? fact : fact.withPartials(partials.placedAfter(changes.lastCheckpoint()));
    }

    /**
     * Whether nothing that was decided because of this span has to be taken back: that a span above it does not count, and
     * that it is the root.
     */
    private boolean othersStayAsTheyAre(int position, SpanFact merged) {
        Member old = members.get(position);
        SpanFact before = old.fact();
        boolean boreOnParent = before.parent() != null && (before.mayCount() || old.callBelow());
        boolean sameParent = Objects.equals(before.parent(), merged.parent());
        boolean goesOnCounting = merged.mayCount() || !before.mayCount();
        boolean rootStays = position != root
                || rank(before) == rank(merged)
                        && before.message().getStartNanos() == merged.message().getStartNanos();
        return (sameParent || !boreOnParent) && goesOnCounting && rootStays;
    }

    private void putAlone(int position, SpanFact merged, boolean waits, Changes changes) {
        Member old = members.get(position);
        boolean callBelow = old.callBelow();
        Member next = new Member(merged, merged.mayCount() && !callBelow, callBelow, old.root(), waits);
        if (isBetterRoot(merged, position)) {
            demoteRoot(changes);
            next = next.withRoot(true);
            root = position;
        }
        put(position, next);
        changes.changed(old, next);
        if (callBelow || merged.mayCount()) {
            markAbove(merged.parent(), changes);
        }
    }

    private boolean isBetterRoot(SpanFact fact, int position) {
        return position != root
                && rank(fact) < 2
                && (root < 0 || outranks(fact, members.get(root).fact()));
    }

    /** Where nobody is marked yet. */
    private void markRoot(int best) {
        root = best;
        if (best >= 0) {
            members.set(best, members.get(best).withRoot(true));
        }
    }

    /**
     * @param replaced the one that is different in any case; -1 for none
     */
    private void tellDifferences(List<Member> before, int replaced, Changes changes) {
        for (int i = 0; i < members.size(); i++) {
            if (i == replaced || !before.get(i).sameToOthers(members.get(i))) {
                changes.changed(before.get(i), members.get(i));
            }
        }
    }

    private static boolean supersedes(SpanFact fact, SpanFact old) {
        if (Mark.TIME_OF_DELIVERY.in(fact.marks())
                && fact.message().getContentHash() == old.message().getContentHash()) {
            // Delivered again: the time is another one, and no part of what the span says.
            return false;
        }
        if (fact.message().getEndNanos() != old.message().getEndNanos()) {
            return Long.compareUnsigned(
                            fact.message().getEndNanos(), old.message().getEndNanos())
                    > 0;
        }
        return Long.compareUnsigned(
                        fact.message().getContentHash(), old.message().getContentHash())
                > 0;
    }

    /** Decides anew for every span what lies below it, and for none whether it is the root. */
    private void recount() {
        if (flushed == null) {
            absentAboveCall.clear();
        }
        for (int i = 0; i < members.size(); i++) {
            SpanFact fact = members.get(i).fact();
            // The call below may have been flushed.
            boolean callBelow = flushed != null && (members.get(i).callBelow() || absentAboveCall.remove(fact.id()));
            boolean waits = members.get(i).waits();
            members.set(i, new Member(fact, fact.mayCount() && !callBelow, callBelow, false, waits));
        }
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).fact().mayCount() || members.get(i).callBelow()) {
                markAbove(members.get(i).fact().parent(), (before, after) -> {});
            }
        }
    }

    private void become(int position, Member after, Changes changes) {
        Member before = members.set(position, after);
        if (!before.sameToOthers(after)) {
            changes.changed(before, after);
        }
    }

    private void chooseRoot(int best, Changes changes) {
        if (best >= 0 && best != root) {
            demoteRoot(changes);
            root = best;
            become(best, members.get(best).withRoot(true), changes);
        }
    }

    private void demoteRoot(Changes changes) {
        if (root >= 0) {
            become(root, members.get(root).withRoot(false), changes);
        }
    }

    /** Among a flushed trace's spans nobody can tell who is an orphan: the one that was chosen stays. */
    private int bestRoot(boolean orphansToo) {
        int best = -1;
        for (int i = 0; i < members.size(); i++) {
            SpanFact fact = members.get(i).fact();
            boolean eligible = rank(fact) < 2 || orphansToo && (flushed == null ? isOrphan(fact) : i == root);
            if (eligible && (best < 0 || outranks(fact, members.get(best).fact()))) {
                best = i;
            }
        }
        return best;
    }

    private boolean isOrphan(SpanFact fact) {
        SpanId parent = fact.parent();
        return parent == null || indexOf(parent) < 0;
    }

    private static int rank(SpanFact fact) {
        return fact.parent() == null && saysItsParent(fact) ? 0 : Mark.APP_ROOT.in(fact.marks()) ? 1 : 2;
    }

    /** The message that has the start has the parent; those that come before it leave both out. */
    private static boolean saysItsParent(SpanFact fact) {
        return fact.partials() == null || PartialFold.of(fact.partials()).isStarted();
    }

    private static boolean outranks(SpanFact fact, SpanFact other) {
        int rank = Integer.compare(rank(fact), rank(other));
        if (rank != 0) {
            return rank < 0;
        }
        int start = Long.compareUnsigned(
                fact.message().getStartNanos(), other.message().getStartNanos());
        return start != 0 ? start < 0 : fact.id().compareTo(other.id()) < 0;
    }

    private int indexOf(SpanId id) {
        if (members.size() < INDEX_FROM) {
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).fact().id().equals(id)) {
                    return i;
                }
            }
            return -1;
        }
        Map<SpanId, Integer> byId = index;
        if (byId == null) {
            byId = new HashMap<>(members.size() * 2);
            for (int i = 0; i < members.size(); i++) {
                byId.put(members.get(i).fact().id(), i);
            }
            index = byId;
        }
        return byId.getOrDefault(id, -1);
    }

    /** The trace at a glance. Costs a look at each span. */
    TraceSummary summary() {
        TraceTotals totals = flushed == null ? new TraceTotals() : flushed.copy();
        for (Member member : members) {
            totals.add(member.fact(), member.counted(), member.root());
        }
        return totals.summary(this);
    }
}
