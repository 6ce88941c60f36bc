package io.millrace.jobs.assembly;

import io.millrace.jobs.assembly.ParkedSpans.Question;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.log.LogPosition;
import io.millrace.jobs.log.MachineTime;
import io.millrace.jobs.log.StoreFigures;
import io.millrace.jobs.log.StreamTime;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.Hot;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import io.millrace.jobs.store.StoredTrace;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.span.Mark;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.SpanMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Puts spans into their traces, keyed by project and trace. Facts and trace rows go to the store, bundled contributions
 * to the windows, outcomes to the ledger.
 *
 * <p>A trace leaves state some time after it settled, when a checkpoint has made its rows durable. The store is asked
 * before a span is decided on that state alone cannot tell from one that came before: of a trace not in state that the
 * filter of traces let go of knows; of one that was begun without asking, when the span's window is cold or depends on
 * when it was received; of one so large that it was flushed. Such look-ups are collected and made together.
 *
 * <p>A message of a span that is sent in parts is merged with those that came before, in state or as the store remembers
 * them. A span without an end has no row and is in no window; the first of its messages is in flight for the ledger until the
 * row is made. Notes on spans are remembered by their ids, so that each is counted once; a trace that nothing is known of
 * but notes has no row, is not said, and leaves state like any other.
 *
 * <p>Everything is emitted before the watermark that could make it late goes on, and before each checkpoint barrier.
 */
@SuppressWarnings("NullAway.Init") // an operator's parts are made when it opens
public final class AssemblyOperator extends AbstractStreamOperator<SeriesDelta>
        implements OneInputStreamOperator<SpanFact, SeriesDelta>, Triggerable<TraceKey, VoidNamespace> {
    private static final long serialVersionUID = 1L;

    private static final long DAY_NANOS = 86_400_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long SEEN_HORIZON_MILLIS = 15 * 60_000;
    private static final int SEEN_CHUNKS = 64;
    /** How often a trace that merely grows is said, in stream time. */
    private static final long SAY_MILLIS = 1_000;

    private static final int MAX_BUNDLE = 20_000;
    /** Where more come, each of them would cost too much if its bundle were small, and enough of them fail in no time. */
    private static final double MOST_PER_MILLI_IN_HASTE = 10;

    private static final int MAX_PARKED = 500;

    // -- what becomes of messages that make no row, or none yet
    private static final int DUPLICATE = 0;
    private static final int MERGED = 1;
    private static final int WAITING = 2;
    private static final int OUTCOMES = 3;

    /** Where outcomes leave. */
    private final OutputTag<Account> outcomes;
    /** Where traces leave as they change. */
    private final OutputTag<TraceUpdate> updates;

    private final StoreFactory storeFactory;
    private final AssemblyConfig config;

    // -- runtime
    private transient Store store;
    private transient int epoch;
    private transient long revision;
    private transient StreamTime streamTime;
    private transient ValueState<Trace> traces;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient ListState<byte[]> seenState;
    private transient SeenTraces seen;
    private transient LogPosition position;
    private transient Contributions contributions;
    private transient ArrivalRate arrivals;

    private transient SpanPricing pricing;
    private transient Trace.Changes changes;
    private transient Map<OutcomeKey, long[]> pendingOutcomes;
    private transient Set<TraceKey> toWrite;
    private transient Set<TraceKey> toSay;
    private transient ParkedSpans parked;
    private transient long lastCheckpoint;
    private transient long completedCheckpoint;

    private record OutcomeKey(UUID project, long minuteMillis, int partition) {}

    private final class Told implements Trace.Changes {
        @Override
        public void changed(@Nullable Member before, Member after) {
            AssemblyOperator.this.changed(before, after);
        }

        @Override
        public SpanCost costOf(SpanMessage span, @Nullable Usage usage) {
            return pricing.costOf(span, usage);
        }

        @Override
        public long lastCheckpoint() {
            return lastCheckpoint;
        }
    }

    public AssemblyOperator(
            StoreFactory storeFactory,
            AssemblyConfig config,
            OutputTag<Account> outcomes,
            OutputTag<TraceUpdate> updates) {
        this.storeFactory = storeFactory;
        this.config = config;
        this.outcomes = outcomes;
        this.updates = updates;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        traces = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("traces", TraceSerializer.INSTANCE));
        streamTime = StreamTime.open(context);
        seenState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("seen-traces", BytePrimitiveArraySerializer.INSTANCE));
        seen = new SeenTraces(SEEN_HORIZON_MILLIS, SEEN_CHUNKS);
        for (byte[] restored : seenState.get()) {
            seen.restore(restored);
        }
        position = LogPosition.open(context);
        completedCheckpoint = context.getRestoredCheckpointId().orElse(0);
        lastCheckpoint = completedCheckpoint;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("traces", VoidNamespaceSerializer.INSTANCE, this);
        contributions = new Contributions();
        arrivals = new ArrivalRate(getProcessingTimeService().getCurrentProcessingTime());
        pricing = SpanPricing.shipped();
        changes = new Told();
        pendingOutcomes = new HashMap<>();
        toWrite = new LinkedHashSet<>();
        toSay = new LinkedHashSet<>();
        parked = new ParkedSpans(MAX_PARKED, config.limit());
        store = storeFactory.open();
        StoreFigures.show(getMetricGroup(), store, "facts", "traces");
        epoch = store.nextEpoch();
        MachineTime.every(config.sayMillis(), getProcessingTimeService(), this::emitTraces);
        MachineTime.every(config.failedMillis(), getProcessingTimeService(), this::emitFailed);
        MachineTime.every(config.bundleMillis(), getProcessingTimeService(), () -> {
            lookUpParked();
            emitBundle();
        });
    }

    @Override
    public void processElement(StreamRecord<SpanFact> element) throws Exception {
        SpanFact fact = element.getValue();
        position.advanceTo(fact.partition(), fact.offset());
        arrivals.arrived();
        Trace trace = traces.value();
        Question question = question(fact, trace);
        if (question != Question.NOTHING) {
            parked.add(fact, question);
            if (parked.isFull()) {
                lookUpParked();
            }
            return;
        }
        accept(fact, trace == null ? begin(fact) : trace);
        if (contributions.size() >= MAX_BUNDLE) {
            emitBundle();
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        // What was decided under the old stream time must be downstream before the new one is.
        lookUpParked();
        emitBundle();
        streamTime.advanceTo(mark.getTimestamp());
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        lookUpParked();
        emitBundle();
        lastCheckpoint = checkpointId;
        store.facts().hurry();
        store.traces().hurry();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        streamTime.snapshot();
        position.snapshot();
        seenState.update(List.of(seen.encode()));
        store.facts().flush();
        store.traces().flush();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        completedCheckpoint = Math.max(completedCheckpoint, checkpointId);
    }

    @Override
    public void onEventTime(InternalTimer<TraceKey, VoidNamespace> timer) throws Exception {
        Trace trace = traces.value();
        if (trace == null || trace.timerAt > timer.getTimestamp()) {
            return;
        }
        trace.timerAt = 0;
        if (trace.unsaid) {
            toSay.add(timer.getKey());
        }
        if (trace.changedAt == Long.MIN_VALUE) {
            // It came before the first tick: the wait begins now.
            trace.beganAt = streamTime.millis();
            trace.changedAt = streamTime.millis();
            trace.openedAt = trace.open() > 0 ? streamTime.millis() : Long.MIN_VALUE;
        }
        if (!trace.quiet) {
            if (config.settleAt(trace) <= streamTime.millis()) {
                settle(timer.getKey(), trace);
            } else if (trace.changedAt >= trace.writtenAt
                    && trace.writtenAt + config.liveRowMillis() <= streamTime.millis()) {
                toWrite.add(timer.getKey());
            }
        } else if (config.forgetAt(trace) <= streamTime.millis()
                && trace.dirtyAfterCheckpoint < completedCheckpoint
                && !toWrite.contains(timer.getKey())) {
            if (trace.exists()) {
                seen.add(timer.getKey().hash64(), streamTime.millis());
            }
            traces.clear();
            return;
        }
        setTimer(trace);
        traces.update(trace);
    }

    @Override
    public void onProcessingTime(InternalTimer<TraceKey, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of a trace goes by the machine's clock");
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (store != null) {
            store.close();
        }
    }

    /** What the store has to be asked before this span can be decided on. */
    private Question question(SpanFact fact, @Nullable Trace trace) {
        if (fact.isOfTrace()) {
            // Its times say nothing of how old the trace is.
            return trace != null && trace.consulted ? Question.NOTHING : Question.TRACE;
        }
        if (trace == null) {
            return mayPrecedeState(fact) || seen.mayContain(TraceKey.of(fact).hash64())
                    ? Question.TRACE
                    : Question.NOTHING;
        }
        // Before anything is flushed state has to know all there is: what it flushed it cannot tell from what was
        // there.
        Question question = Question.NOTHING;
        if (!trace.consulted && (trace.isAt(config.limit()) || mayPrecedeState(fact))) {
            question = Question.TRACE;
        } else if (trace.isFlushed()) {
            question = Question.SPAN;
        }
        return question != Question.NOTHING && trace.has(fact.id()) ? Question.NOTHING : question;
    }

    /** Whether the span may have come so long ago that nothing in state remembers it. */
    private boolean mayPrecedeState(SpanFact fact) {
        return Mark.CLOCK_SKEW.in(fact.marks())
                || Mark.TIME_OF_DELIVERY.in(fact.marks())
                || !Hot.isHot(fact.windowAtNanos(), streamTime.millis())
                || fact.partials() != null && mayHaveOthers(fact);
    }

    /** A message that begins a span is the first one of it if the span began lately; any other follows some other. */
    private boolean mayHaveOthers(SpanFact message) {
        long start = message.message().getStartNanos();
        return !PartialFold.of(Objects.requireNonNull(message.partials())).isStarted()
                || start > message.receivedAtMillis() * NANOS_PER_MILLI
                || !Hot.isHot(start, streamTime.millis());
    }

    private static Trace begin(SpanFact fact) {
        return new Trace(Math.floorDiv(fact.windowAtNanos(), DAY_NANOS));
    }

    private void accept(SpanFact fact, Trace trace) throws Exception {
        boolean begins = !fact.isOfTrace() && !trace.hasSpans() && Hot.isHot(fact.windowAtNanos(), streamTime.millis());
        Trace.Outcome outcome = trace.accept(fact, changes);
        if (outcome == Trace.Outcome.DUPLICATE) {
            countOutcome(fact, DUPLICATE, 1);
            if (trace.timerAt == 0) {
                setTimer(trace);
            }
            traces.update(trace);
            return;
        }
        if (outcome == Trace.Outcome.MERGED) {
            countOutcome(fact, MERGED, 1);
        }
        if (begins) {
            contributions.begun(fact.project(), SpanContribution.of(fact, false, false));
        }
        touch(TraceKey.of(fact), trace);
    }

    /** A change to a trace: its row is due, and it has to be quiet anew before it settles. */
    private void touch(TraceKey key, Trace trace) throws Exception {
        boolean begins = trace.writtenAt == 0;
        TraceState before = trace.state;
        trace.touch(streamTime.millis());
        trace.dirtyAfterCheckpoint = lastCheckpoint;
        if (begins || before != trace.state) {
            toWrite.add(key);
        } else if (!toWrite.contains(key)) {
            trace.unsaid = true;
        }
        if (trace.consulted && trace.isAt(config.limit())) {
            trace.partial = true;
            settle(key, trace);
            trace.flushOldest(config.limit());
        }
        setTimer(trace);
        traces.update(trace);
    }

    private void settle(TraceKey key, Trace trace) throws Exception {
        if (!trace.exists()) {
            trace.quiet = true;
            return;
        }
        trace.partial |= config.isCapped(trace, streamTime.millis());
        trace.settle(changes);
        Member root = trace.endedRoot();
        BigInteger cost = root == null ? null : trace.cost();
        Member contributed = trace.contributedRoot;
        if (!(Objects.equals(root, contributed) && Objects.equals(cost, trace.contributedCost))) {
            if (contributed != null) {
                contributeTrace(contributed, trace.contributedCost, -1);
            }
            if (root != null) {
                contributeTrace(root, cost, 1);
            }
            trace.contributedRoot = root;
            trace.contributedCost = cost;
        }
        trace.dirtyAfterCheckpoint = lastCheckpoint;
        toWrite.add(key);
    }

    private void contributeTrace(Member root, @Nullable BigInteger cost, long sign) {
        SpanFact fact = root.fact();
        if (Hot.isHot(fact.windowAtNanos(), streamTime.millis())) {
            contributions.trace(fact.project(), SpanContribution.of(fact, root.counted(), true), cost, sign);
        } else if (sign > 0) {
            writeFact(root, true, true);
        }
    }

    /** A span is in the same window before and after, unless it was in none before. */
    private void changed(@Nullable Member before, Member after) {
        boolean hot = Hot.isHot(after.fact().windowAtNanos(), streamTime.millis());
        boolean contributed = before != null && before.contributes();
        if (hot && before != null && contributed) {
            contribute(before, -1);
        }
        if (hot && after.contributes()) {
            contribute(after, 1);
        }
        boolean waited = before != null && before.waits();
        if (before != null && waited != after.waits()) {
            waitsNoLonger(before, after);
        } else if (before == null && after.waits()) {
            countOutcome(after.fact(), WAITING, 1);
        }
        if (!after.waits()) {
            boolean cold = !hot && (contributed || after.contributes());
            writeFact(after, cold, before != null && !waited);
        }
    }

    /** The message that waited is merged into the row that another message makes, or is stored at the cap. */
    private void waitsNoLonger(Member before, Member after) {
        countOutcome(before.fact(), WAITING, -1);
        if (after.contributes()) {
            countOutcome(before.fact(), MERGED, 1);
        }
    }

    private void contribute(Member member, long sign) {
        contributions.span(
                member.fact().project(), SpanContribution.of(member.fact(), member.counted(), member.root()), sign);
    }

    private void writeFact(Member member, boolean cold, boolean rewrite) {
        try {
            store.facts()
                    .write(new FactRow(
                            member.fact(), member.counted(), member.root(), cold, rewrite, epoch, ++revision));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while writing", e);
        }
    }

    private void countOutcome(SpanFact fact, int which, int count) {
        OutcomeKey key = new OutcomeKey(fact.project(), Account.minuteOf(fact.receivedAtMillis()), fact.partition());
        pendingOutcomes.computeIfAbsent(key, absent -> new long[OUTCOMES])[which] += count;
    }

    /** One timer a trace, at the earliest thing that is due; coarse, since stream time moves by the second. */
    private void setTimer(Trace trace) {
        long due = trace.quiet
                ? Math.max(config.forgetAt(trace), streamTime.millis() + 1_000)
                : Math.min(
                        config.settleAt(trace),
                        streamTime.millis() + (trace.unsaid ? SAY_MILLIS : config.liveRowMillis()));
        long at = (Math.max(due, 0) + 999) / 1_000 * 1_000;
        if (trace.timerAt == 0 || at < trace.timerAt) {
            trace.timerAt = at;
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, at);
        }
    }

    private void lookUpParked() throws Exception {
        while (!parked.isEmpty()) {
            ParkedSpans.Answers answers = parked.ask(store, position, this::isInState, pricing::costOf);
            for (SpanFact fact : answers.spans()) {
                setCurrentKey(TraceKey.of(fact));
                decide(fact, answers);
            }
        }
    }

    private boolean isInState(SpanFact fact) {
        setCurrentKey(TraceKey.of(fact));
        try {
            Trace trace = traces.value();
            return trace != null && trace.has(fact.id());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void decide(SpanFact fact, ParkedSpans.Answers answers) throws Exception {
        Trace trace = traces.value();
        Question question = question(fact, trace);
        if (question == Question.TRACE && answers.hasAnswer(fact, question)) {
            trace = consulted(fact, trace, answers.trace(fact));
            question = question(fact, trace);
        }
        if (!answers.hasAnswer(fact, question)) {
            // Those before it have changed what has to be known.
            traces.update(trace);
            parked.add(fact, question);
            return;
        }
        if (question == Question.SPAN && trace != null) {
            FactRow stored = answers.takeSpan(fact);
            if (stored != null) {
                trace.takeBack(stored);
            }
        }
        accept(fact, trace == null ? begin(fact) : trace);
    }

    /** The trace with what the store knows of it. */
    private Trace consulted(SpanFact fact, @Nullable Trace trace, @Nullable StoredTrace stored) throws Exception {
        Trace earlier = stored == null ? null : Trace.restored(stored, fact);
        if (trace == null) {
            Trace begun = earlier == null ? begin(fact) : earlier;
            begun.consulted = true;
            return begun;
        }
        trace.consulted = true;
        if (earlier != null) {
            if (trace.adopt(earlier, changes)) {
                contributeTrace(Objects.requireNonNull(earlier.contributedRoot), earlier.contributedCost, -1);
            }
            touch(TraceKey.of(fact), trace);
        }
        return trace;
    }

    /**
     * That requests fail is told at once, together with whatever else came: of failures alone a series would look as if
     * nothing else came.
     */
    private void emitFailed() {
        double perMilli = arrivals.perMilli(getProcessingTimeService().getCurrentProcessingTime());
        if (contributions.hasFailed() && perMilli <= MOST_PER_MILLI_IN_HASTE) {
            emitContributions();
        }
    }

    private void emitContributions() {
        contributions.drain(this::emitDelta);
    }

    private void emitBundle() throws Exception {
        emitTraces();
        emitContributions();
        pendingOutcomes.forEach((key, counts) -> output.collect(
                outcomes,
                new StreamRecord<>(Account.outcomes(
                        key.project(),
                        key.minuteMillis(),
                        key.partition(),
                        counts[DUPLICATE],
                        counts[MERGED],
                        counts[WAITING]))));
        pendingOutcomes.clear();
    }

    private void emitDelta(SeriesWindow window, WindowValue value) {
        output.collect(new StreamRecord<>(new SeriesDelta(window, value)));
    }

    private void emitTraces() throws Exception {
        for (TraceKey key : toWrite) {
            setCurrentKey(key);
            Trace trace = traces.value();
            if (trace != null && trace.exists()) {
                // A settled one that was never written here is back from the store.
                boolean rewrite = trace.writtenAt != 0 || trace.state == TraceState.SETTLED;
                trace.writtenAt = Math.max(1, streamTime.millis());
                store.traces().write(say(key, trace, rewrite));
            }
        }
        toSay.removeAll(toWrite);
        for (TraceKey key : toSay) {
            setCurrentKey(key);
            Trace trace = traces.value();
            if (trace != null && trace.exists()) {
                say(key, trace, true);
            }
        }
        toWrite.clear();
        toSay.clear();
    }

    private TraceRow say(TraceKey key, Trace trace, boolean rewrite) throws Exception {
        TraceRow row = new TraceRow(
                key.project(), key.trace(), trace.epochDay, trace.summary(), rewrite, epoch, ++revision, trace.own);
        output.collect(updates, new StreamRecord<>(TraceUpdate.of(row)));
        trace.unsaid = false;
        traces.update(trace);
        return row;
    }
}
