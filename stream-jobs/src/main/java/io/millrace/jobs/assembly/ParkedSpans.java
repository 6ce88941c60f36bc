package io.millrace.jobs.assembly;

import io.millrace.jobs.log.LogPosition;
import io.millrace.jobs.store.FactReader.SpanKey;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoredTrace;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Spans that cannot be decided on before the store was asked. They are collected, and asked about together. */
final class ParkedSpans {
    private final int capacity;
    private final TraceLimit limit;
    private List<SpanFact> spans = new ArrayList<>();
    private Map<UUID, Set<TraceId>> traces = new HashMap<>();
    private Map<UUID, Set<SpanKey>> keys = new HashMap<>();

    /** What has to be known of a span before it is decided on. */
    enum Question {
        NOTHING,
        /** All that is stored of its trace. */
        TRACE,
        /** Whether it is stored itself. */
        SPAN
    }

    /** One span of one record of the log. */
    private record Message(int partition, long offset, SpanId span) {
        static Message of(SpanFact fact) {
            return new Message(fact.partition(), fact.offset(), fact.id());
        }
    }

    ParkedSpans(int capacity, TraceLimit limit) {
        this.capacity = capacity;
        this.limit = limit;
    }

    void add(SpanFact fact, Question question) {
        spans.add(fact);
        if (question == Question.TRACE) {
            traces.computeIfAbsent(fact.project(), absent -> new LinkedHashSet<>())
                    .add(fact.trace());
        } else {
            keys.computeIfAbsent(fact.project(), absent -> new LinkedHashSet<>())
                    .add(new SpanKey(fact.trace(), fact.id()));
        }
    }

    boolean isFull() {
        return spans.size() >= capacity;
    }

    boolean isEmpty() {
        return spans.isEmpty();
    }

    /**
     * Asks, and parks nothing any more.
     *
     * @param position how far the state has come that the answers are to join
     * @param inState which spans it holds: a trace is answered without them
     * @param pricing of spans of which the store knows messages that the state does not
     */
    Answers ask(Store store, LogPosition position, Predicate<SpanFact> inState, PartialFold.Pricing pricing)
            throws InterruptedException {
        Answers answers = new Answers(spans, traces, keys, pricing);
        spans = new ArrayList<>();
        traces = new HashMap<>();
        keys = new HashMap<>();
        // What was written moments ago must be there to be found.
        store.traces().hurry();
        store.facts().flush();
        store.traces().flush();
        answers.read(store, position, inState);
        return answers;
    }

    /** The spans that were asked about, and what the store had. */
    final class Answers {
        private final List<SpanFact> asked;
        private final Map<UUID, Set<TraceId>> askedTraces;
        private final Map<UUID, Set<SpanKey>> askedKeys;
        private final PartialFold.Pricing pricing;
        private final Map<TraceKey, StoredTrace> storedTraces = new HashMap<>();
        private final Map<UUID, Map<SpanKey, FactRow>> storedSpans = new HashMap<>();

        private Answers(
                List<SpanFact> asked,
                Map<UUID, Set<TraceId>> askedTraces,
                Map<UUID, Set<SpanKey>> askedKeys,
                PartialFold.Pricing pricing) {
            this.asked = asked;
            this.pricing = pricing;
            this.askedTraces = askedTraces;
            this.askedKeys = askedKeys;
        }

        /** In the order in which they came. */
        List<SpanFact> spans() {
            return asked;
        }

        boolean hasAnswer(SpanFact fact, Question question) {
            return switch (question) {
                case NOTHING -> true;
                case TRACE -> askedTraces.getOrDefault(fact.project(), Set.of()).contains(fact.trace());
                case SPAN ->
                    askedKeys.getOrDefault(fact.project(), Set.of()).contains(new SpanKey(fact.trace(), fact.id()));
            };
        }

        /** All that is stored of the span's trace; null when nothing is. */
        @Nullable
        StoredTrace trace(SpanFact fact) {
            return storedTraces.get(TraceKey.of(fact));
        }

        /** The span as it is stored; null when it is not. It may be asked once: deciding on the span outdates it. */
        @Nullable
        FactRow takeSpan(SpanFact fact) {
            SpanKey key = new SpanKey(fact.trace(), fact.id());
            askedKeys.getOrDefault(fact.project(), new HashSet<>()).remove(key);
            return storedSpans.getOrDefault(fact.project(), Map.of()).get(key);
        }

        /**
         * The store may be ahead of state: what an attempt wrote after the checkpoint that this one was restored from
         * is there, but nothing of it has been counted here, and its messages are about to come again. Only facts of
         * messages that this state has decided on are known to it, and of what was merged only those messages.
         */
        private void read(Store store, LogPosition position, Predicate<SpanFact> inState) throws InterruptedException {
            Set<Message> undecided = new HashSet<>();
            asked.forEach(fact -> undecided.add(Message.of(fact)));
            Predicate<Message> known = message ->
                    position.isReached(message.partition(), message.offset()) && !undecided.contains(message);
            Predicate<FactRow> missing = row -> known.test(Message.of(row.fact())) && !inState.test(row.fact());
            for (Map.Entry<UUID, Set<TraceId>> entry : askedTraces.entrySet()) {
                for (StoredTrace stored : store.reader().traces(entry.getKey(), entry.getValue(), limit, missing)) {
                    storedTraces.put(
                            new TraceKey(stored.project(), stored.trace()),
                            stored.knowing(row -> of(row, known), row -> of(row, known)));
                }
            }
            for (Map.Entry<UUID, Set<SpanKey>> entry : askedKeys.entrySet()) {
                Map<SpanKey, FactRow> found = new HashMap<>();
                for (FactRow row : store.reader().spans(entry.getKey(), entry.getValue())) {
                    if (known.test(Message.of(row.fact()))) {
                        found.put(new SpanKey(row.fact().trace(), row.fact().id()), of(row, known));
                    }
                }
                storedSpans.put(entry.getKey(), found);
            }
        }

        private FactRow of(FactRow row, Predicate<Message> known) {
            SpanFact fact = row.fact();
            Partials all = fact.partials();
            Partials those = all == null ? null : known(all, fact.id(), known);
            return those == null || those.equals(all)
                    ? row
                    : row.with(PartialFold.span(fact, those, pricing).placedAs(fact));
        }

        private TraceRow of(TraceRow row, Predicate<Message> known) {
            Partials all = row.own();
            return all == null ? row : row.with(known(all, SpanFact.ofTrace(row.trace()), known));
        }

        private static @Nullable Partials known(Partials all, SpanId span, Predicate<Message> known) {
            return all.where(part -> known.test(new Message(part.partition(), part.offset(), span)));
        }
    }
}
