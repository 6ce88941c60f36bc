package io.millrace.jobs.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.pricing.SpanPricing;
import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesDeltaSerializer;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.ListStore;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any order, any repetition, any gaps in which traces leave state, and crashes anywhere with a store that is ahead: the rows
 * are the folds of all messages, the windows are the sums of the rows, and at every moment every message before the last
 * checkpoint is accounted for.
 */
class PartialReplayTest {
    private static final OutputTag<Account> OUTCOMES =
            new OutputTag<>("outcomes", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<TraceUpdate> UPDATES =
            new OutputTag<>("traces", TraceUpdateSerializer.INSTANCE.typeInfo());
    private static final long SECOND = 1_000;

    private final SpanPricing pricing = SpanPricing.shipped();
    private ListStore store = new ListStore();
    private @Nullable KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness;
    private Totals committed = new Totals();
    private long now;
    private long checkpoints;

    /** What is downstream. */
    private static final class Totals {
        private WindowValue project = new WindowValue();
        private long duplicates;
        private long merged;
        private long waiting;

        private Totals copy() {
            Totals copy = new Totals();
            copy.project = project.copy();
            copy.duplicates = duplicates;
            copy.merged = merged;
            copy.waiting = waiting;
            return copy;
        }
    }

    /** From where an attempt begins anew. */
    private record Saved(
            @Nullable OperatorSubtaskState state, long checkpoint, int next, long streamTime, Totals totals) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void everythingIsWhatTheMessagesSay(int lot) throws Exception {
        for (int seed = lot * 12; seed < lot * 12 + 12; seed++) {
            play(new Random(seed), 14, "seed " + seed);
            assertWindows("seed " + seed);
        }
    }

    /** Windows of which some are cold are the keeper's. */
    @ParameterizedTest
    @ValueSource(ints = {100, 101, 102, 103, 104, 105})
    void alsoWhereSpansAreStoredWithoutAnEnd(int lot) throws Exception {
        for (int seed = lot * 12; seed < lot * 12 + 12; seed++) {
            play(new Random(seed), 400, "seed " + seed);
        }
    }

    @Test
    void wholeSpansOnlyAsWell() throws Exception {
        Random random = new Random(99);
        List<Spans> sent = new ArrayList<>();
        for (int id = 1; id < 40; id++) {
            sent.add(Spans.call(id).under(id / 2));
        }
        play(sent, sent, random, 14, "whole spans");
        assertWindows("whole spans");
    }

    /** Of three traces with spans, and of a fourth that has none. */
    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 203, 204, 205})
    void notesOnSpansAsWell(int lot) throws Exception {
        for (int seed = lot * 12; seed < lot * 12 + 12; seed++) {
            Random random = new Random(seed);
            List<Spans> messages = messages(random);
            for (int note = 1 + random.nextInt(12); note > 0; note--) {
                int trace = 1 + random.nextInt(4);
                messages.add(Spans.note(500 + note).trace(new TraceId(trace, trace)));
            }
            play(messages, sent(random, messages), random, 14, "seed " + seed);
            assertWindows("seed " + seed);
            assertThat(store.traces)
                    .as("seed %d", seed)
                    .noneMatch(row -> row.trace().equals(new TraceId(4, 4)));
        }
    }

    /**
     * @param longest seconds between two messages
     */
    private void play(Random random, int longest, String name) throws Exception {
        List<Spans> messages = messages(random);
        play(messages, sent(random, messages), random, longest, name);
    }

    private static List<Spans> messages(Random random) {
        List<Spans> messages = new ArrayList<>();
        for (int trace = 1; trace <= 3; trace++) {
            TraceId id = new TraceId(trace, trace);
            PartialTraceTest.messages(random, 1 + random.nextInt(6)).forEach(one -> messages.add(one.trace(id)));
        }
        return messages;
    }

    /** In any order, and some more than once. */
    private static List<Spans> sent(Random random, List<Spans> messages) {
        List<Spans> sent = new ArrayList<>(messages);
        for (int again = random.nextInt(10); again > 0; again--) {
            sent.add(messages.get(random.nextInt(messages.size())));
        }
        Collections.shuffle(sent, random);
        return sent;
    }

    private void play(List<Spans> messages, List<Spans> sent, Random random, int longest, String name)
            throws Exception {
        store = new ListStore();
        committed = new Totals();
        now = Spans.NOON_MILLIS;
        Saved saved = new Saved(null, 0, 0, now, committed.copy());
        open(saved);
        int next = 0;
        int crashes = 0;
        while (next < sent.size()) {
            take(sent.get(next).at(0, next));
            next++;
            if (random.nextInt(3) == 0) {
                streamTime(now + random.nextInt(longest) * SECOND);
            }
            if (random.nextInt(5) == 0) {
                saved = checkpoint(next);
            }
            if (crashes < 4 && random.nextInt(12) == 0) {
                crashes++;
                current().close();
                open(saved);
                next = saved.next();
            }
            if (longest < 60) {
                assertBalanced(saved, name);
            }
        }
        for (int i = 0; i < 3; i++) {
            streamTime(now + (longest < 60 ? 15 : 400) * SECOND);
        }
        checkpoint(next);
        assertBalanced(checkpoint(next), name);
        assertRows(messages, longest < 60, name);
        current().close();
    }

    private void assertRows(List<Spans> messages, boolean inWindows, String name) {
        Map<String, SpanFact> expected = new HashMap<>();
        for (Spans message : messages) {
            SpanFact fact = message.build();
            if (!fact.isOfTrace()) {
                expected.merge(key(fact), fact, this::together);
            }
        }
        Map<String, FactRow> rows = latest();
        rows.values().removeIf(row -> !row.fact().isComplete());
        Set<String> complete = expected.entrySet().stream()
                .filter(entry -> entry.getValue().isComplete())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(rows.keySet()).as(name).isEqualTo(complete);
        rows.forEach((key, row) -> {
            SpanFact fact = expected.get(key);
            assertThat(row.fact().message()).as(name).isEqualTo(fact.message());
            if (inWindows) {
                assertThat(row.fact().windowAtNanos()).as(name).isEqualTo(fact.windowAtNanos());
            }
        });
        assertCountedOnce(rows, expected, name);
    }

    private SpanFact together(SpanFact one, SpanFact other) {
        return PartialFold.span(one, one.partials().with(other.partials()), pricing::costOf);
    }

    /** Straight from the rule: a call below takes the count of what is above it, also through spans that are still open. */
    private static void assertCountedOnce(Map<String, FactRow> rows, Map<String, SpanFact> spans, String name) {
        Map<String, Boolean> callBelow = new HashMap<>();
        for (SpanFact span : spans.values()) {
            SpanId parent = span.parent();
            while (span.mayCount() && parent != null) {
                String key = span.trace() + "/" + parent;
                if (callBelow.put(key, true) != null) {
                    break;
                }
                SpanFact above = spans.get(key);
                parent = above == null ? null : above.parent();
            }
        }
        rows.forEach((key, row) -> assertThat(row.counted())
                .as("%s counts, %s", key, name)
                .isEqualTo(row.fact().mayCount() && !callBelow.containsKey(key)));
    }

    private void assertWindows(String name) {
        Contributions contributions = new Contributions();
        WindowValue expected = new WindowValue();
        for (FactRow row : latest().values()) {
            SpanContribution span = SpanContribution.of(row.fact(), row.counted(), row.root());
            contributions.span(Spans.PROJECT, span, 1);
        }
        contributions.drain((window, value) -> {
            if (window.cube() == Cube.PROJECT) {
                expected.merge(value);
            }
        });
        WindowValue is = committed.project;
        assertThat(is.spans()).as("spans, %s", name).isEqualTo(expected.spans());
        assertThat(is.errors()).as(name).isEqualTo(expected.errors());
        assertThat(is.requests()).as("requests, %s", name).isEqualTo(expected.requests());
        assertThat(is.counted()).as("counted, %s", name).isEqualTo(expected.counted());
        assertThat(is.unpriced()).as("unpriced, %s", name).isEqualTo(expected.unpriced());
        assertThat(is.costPico()).as("cost, %s", name).isEqualTo(expected.costPico());
        assertThat(is.inputTokens()).as("tokens, %s", name).isEqualTo(expected.inputTokens());
    }

    /** As the ledger counts, whatever has been written since the checkpoint. */
    private void assertBalanced(Saved cut, String name) {
        long stored = latest().values().stream()
                .map(FactRow::fact)
                .filter(fact -> fact.offset() < cut.next())
                .filter(fact -> placedAfter(fact) == 0 || placedAfter(fact) < cut.checkpoint())
                .count();
        Totals totals = cut.totals();
        assertThat(stored + totals.merged + totals.duplicates + totals.waiting)
                .as("messages, %s", name)
                .isEqualTo(cut.next());
    }

    private static long placedAfter(SpanFact fact) {
        Partials partials = fact.partials();
        return partials == null ? 0 : partials.placedAfter();
    }

    private static String key(SpanFact fact) {
        return fact.trace() + "/" + fact.id();
    }

    private Map<String, FactRow> latest() {
        Map<String, FactRow> latest = new HashMap<>();
        store.facts.forEach(row -> latest.put(key(row.fact()), row));
        return latest;
    }

    private void take(Spans message) throws Exception {
        current().processElement(new StreamRecord<>(message.build()));
    }

    private void streamTime(long millis) throws Exception {
        now = millis;
        current().processWatermark(millis);
    }

    private Saved checkpoint(int next) throws Exception {
        checkpoints++;
        current().prepareSnapshotPreBarrier(checkpoints);
        commit();
        OperatorSubtaskState state = current().snapshot(checkpoints, checkpoints);
        current().notifyOfCompletedCheckpoint(checkpoints);
        return new Saved(state, checkpoints, next, now, committed.copy());
    }

    /** What was said until now is in the checkpoint; what is said after it is lost with the attempt. */
    private void commit() {
        for (SeriesDelta delta : current().extractOutputValues()) {
            if (delta.window().cube() == Cube.PROJECT) {
                committed.project.merge(delta.value());
            }
        }
        current().getOutput().clear();
        Queue<StreamRecord<Account>> said = current().getSideOutput(OUTCOMES);
        if (said != null) {
            said.forEach(account -> {
                committed.duplicates += account.getValue().duplicate();
                committed.merged += account.getValue().merged();
                committed.waiting += account.getValue().waiting();
            });
            said.clear();
        }
    }

    private void open(Saved saved) throws Exception {
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new AssemblyOperator(store.factory(), AssemblyConfig.DEFAULT, OUTCOMES, UPDATES),
                TraceKey::of,
                TraceKeySerializer.INSTANCE.typeInfo());
        made.setup(SeriesDeltaSerializer.INSTANCE);
        if (saved.state() != null) {
            made.setRestoredCheckpointId(saved.checkpoint());
            made.initializeState(saved.state());
        }
        made.open();
        harness = made;
        committed = saved.totals().copy();
        streamTime(saved.streamTime());
    }

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> current() {
        if (harness == null) {
            throw new IllegalStateException("not open");
        }
        return harness;
    }
}
