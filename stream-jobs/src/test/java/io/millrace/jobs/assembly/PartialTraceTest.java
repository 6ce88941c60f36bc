package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.NOON_MILLIS;
import static io.millrace.jobs.assembly.Spans.begin;
import static io.millrace.jobs.assembly.Spans.call;
import static io.millrace.jobs.assembly.Spans.end;
import static io.millrace.jobs.assembly.Spans.ofTrace;
import static io.millrace.jobs.assembly.Spans.span;
import static io.millrace.jobs.assembly.Spans.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.UsageMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialTraceTest {
    private static final Trace.Changes NOBODY = (before, after) -> {};

    @Test
    void aSpanWithoutAnEndWaits() {
        Trace trace = accept(begin(1, 1));
        trace.touch(0);
        assertThat(trace.open()).isOne();
        assertThat(trace.state).isEqualTo(TraceState.LIVE);
        assertThat(trace.summary().spanCount()).isOne();
        assertThat(trace.summary().name()).isEqualTo("step");
        trace.accept(end(1, 2).build(), NOBODY);
        trace.touch(0);
        assertThat(trace.open()).isZero();
        assertThat(trace.state).isEqualTo(TraceState.COMPLETE);
        assertThat(trace.summary().endNanos()).isEqualTo((NOON_MILLIS + 100) * 1_000_000);
    }

    @Test
    void whatComesBeforeTheStartIsNoRoot() {
        Trace trace = accept(update(2, 1));
        assertThat(trace.root()).isNull();
        trace.accept(begin(2, 2).under(1).build(), NOBODY);
        assertThat(trace.root()).isNull();
        trace.accept(begin(1, 3).build(), NOBODY);
        assertThat(rootId(trace)).isEqualTo(1);
    }

    @Test
    void ofSpansThatNobodySaidTheStartOfOneIsTheRootInTheEnd() {
        Trace trace = accept(end(2, 1), end(1, 2));
        trace.settle(NOBODY);
        assertThat(rootId(trace)).isEqualTo(1);
    }

    @Test
    void theSameMessageAgainChangesNothing() {
        Trace trace = accept(begin(1, 1), end(1, 2));
        Trace.Changes nothing = (before, after) -> {
            throw new AssertionError("told of a change");
        };
        assertThat(trace.accept(end(1, 2).receivedMillis(NOON_MILLIS + 99_000).build(), nothing))
                .isEqualTo(Trace.Outcome.DUPLICATE);
        assertThat(trace.accept(begin(1, 1).build(), nothing)).isEqualTo(Trace.Outcome.DUPLICATE);
    }

    @Test
    void oneThatCameWholeWinsWhateverTheOrder() {
        Trace before = accept(begin(1, 1), end(1, 2).lasting(900_000), call(1));
        assertThat(before.members.get(0).fact())
                .isEqualTo(call(1).build().placedAs(before.members.get(0).fact()));
        Trace after = accept(call(1));
        assertThat(after.accept(end(1, 2).lasting(900_000).build(), NOBODY)).isEqualTo(Trace.Outcome.DUPLICATE);
        assertThat(after.members.get(0).fact()).isEqualTo(call(1).build());
        Trace waiting = accept(begin(1, 1));
        assertThat(waiting.accept(call(1).build(), NOBODY)).isEqualTo(Trace.Outcome.STORED);
        assertThat(waiting.open()).isZero();
    }

    @Test
    void usageOfAnOpenCallTakesNothingBackYet() {
        Trace trace = accept(call(1), begin(2, 1).under(1).kind(SpanKind.LLM).saying(PartialTraceTest::usage));
        assertThat(counted(trace)).containsExactly(1L);
        trace.accept(end(2, 2).build(), NOBODY);
        assertThat(counted(trace)).containsExactly(2L);
    }

    @Test
    void whatIsSaidOfTheTraceStandsAboveItsRoot() {
        Trace trace = accept(
                span(1).saying(m -> m.setUserId("root's").setSessionId("root's").addTags("b")),
                ofTrace(7).saying(m -> m.setName("checkout").setUserId("u").addTags("a")),
                ofTrace(8).part(8, NOON_MILLIS + 5, false).saying(m -> m.setUserId("later")));
        TraceSummary summary = trace.summary();
        assertThat(summary.name()).isEqualTo("checkout");
        assertThat(summary.userId()).isEqualTo("later");
        assertThat(summary.sessionId()).isEqualTo("root's");
        assertThat(summary.environment()).isEqualTo("test");
        assertThat(summary.tags()).containsExactly("a", "b");
        assertThat(summary.spanCount()).isOne();
        assertThat(trace.accept(
                        ofTrace(8)
                                .part(8, NOON_MILLIS + 5, false)
                                .saying(m -> m.setUserId("later"))
                                .build(),
                        NOBODY))
                .isEqualTo(Trace.Outcome.DUPLICATE);
    }

    @Test
    void aTraceWithoutSpansBeginsWhenItIsSaidTo() {
        long noon = NOON_MILLIS * 1_000_000;
        TraceSummary said = accept(
                        ofTrace(7).part(7, NOON_MILLIS, false).saying(m -> m.setStartNanos(noon + 5)),
                        ofTrace(8).part(8, NOON_MILLIS + 1, false).saying(m -> m.setStartNanos(noon + 3)))
                .summary();
        assertThat(said.startNanos()).isEqualTo(noon + 3);
        assertThat(said.endNanos()).isEqualTo(noon + 3);
        TraceSummary unsaid =
                accept(ofTrace(7).receivedMillis(NOON_MILLIS + 10)).summary();
        assertThat(unsaid.startNanos()).isEqualTo(noon + 10_000_000);
    }

    @Test
    void manySpansInPartsAreLookedAtABoundedNumberOfTimes() {
        int spans = 20_000;
        Trace trace = accept(begin(1, 1));
        int[] told = new int[1];
        for (int id = 2; id <= spans; id++) {
            trace.accept(begin(id, id).under(1).build(), (before, after) -> told[0]++);
        }
        for (int id = 2; id <= spans; id++) {
            trace.accept(
                    end(id, spans + id)
                            .kind(SpanKind.LLM)
                            .saying(PartialTraceTest::usage)
                            .build(),
                    (before, after) -> told[0]++);
        }
        assertThat(told[0]).isLessThan(2 * spans + 10);
        assertThat(trace.summary().countedSpans()).isEqualTo(spans - 1);
        assertThat(trace.open()).isOne();
    }

    @Test
    void stateThatKnewWholeSpansOnlyIsRead() throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        SpanFact fact = call(1).build();
        SpanFactSerializer.INSTANCE.serialize(fact, out);
        byte[] before = Arrays.copyOf(out.getCopyOfBuffer(), out.length() - 1);
        before[0] = 1;
        assertThat(SpanFactSerializer.INSTANCE.deserialize(new DataInputDeserializer(before)))
                .isEqualTo(fact);
        out.clear();
        TraceSerializer.INSTANCE.serialize(new Trace(77), out);
        byte[] trace = Arrays.copyOf(out.getCopyOfBuffer(), out.length() - 1 - Long.BYTES);
        trace[0] = 2;
        assertThat(TraceSerializer.INSTANCE.deserialize(new DataInputDeserializer(trace)).epochDay)
                .isEqualTo(77);
    }

    /** Whole spans, spans in parts and messages about the trace, in any order, repeated, and with restores in between. */
    @Test
    void orderAndRepetitionNeverMatter() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<SpanFact> messages = randomTrace(random, 1 + random.nextInt(12));
            Outcome expected = null;
            for (int order = 0; order < 4; order++) {
                List<SpanFact> sent = new ArrayList<>(messages);
                for (int again = random.nextInt(6); again > 0; again--) {
                    sent.add(messages.get(random.nextInt(messages.size())));
                }
                Collections.shuffle(sent, random);
                Outcome outcome = play(sent, random);
                assertThat(outcome.rows + outcome.merged + outcome.waiting)
                        .as("messages that count, seed %d", seed)
                        .isEqualTo(messages.size());
                assertThat(outcome.duplicates).isEqualTo(sent.size() - messages.size());
                if (expected == null) {
                    expected = outcome;
                    assertCountedOnce(outcome);
                }
                assertThat(outcome.spans).as("seed %d", seed).isEqualTo(expected.spans);
                assertThat(outcome.summary()).as("seed %d", seed).isEqualTo(expected.summary());
                assertThat(outcome.windows.keySet()).as("seed %d", seed).isEqualTo(expected.windows.keySet());
                assertThat(outcome.figures()).as("seed %d", seed).isEqualTo(expected.figures());
                assertThat(outcome.waiting).isEqualTo(expected.waiting);
            }
        }
    }

    private static final class Outcome {
        private int rows;
        private int merged;
        private int duplicates;
        private int waiting;
        private @Nullable TraceSummary summary;
        private final Map<SpanId, String> spans = new HashMap<>();
        private final Map<SpanId, SpanFact> facts = new HashMap<>();
        private final Set<SpanId> counted = new HashSet<>();
        private final Map<SeriesWindow, WindowValue> windows = new HashMap<>();

        /** Without the times at which messages came in, which do follow the order. */
        private String summary() {
            return String.valueOf(summary);
        }

        private Map<String, String> figures() {
            Map<String, String> figures = new TreeMap<>();
            windows.forEach((window, value) -> figures.put(
                    window.toString(),
                    value.spans() + " " + value.errors() + " " + value.requests() + " " + value.counted() + " "
                            + value.unpriced() + " " + value.costPico() + " " + value.inputTokens() + " "
                            + value.latency().count() + " "
                            + value.tokensPerSecond().count()));
            return figures;
        }
    }

    private static Outcome play(List<SpanFact> sent, Random random) throws Exception {
        Outcome outcome = new Outcome();
        Trace trace = new Trace(0);
        Contributions contributions = new Contributions();
        Trace.Changes changes = changes(outcome, contributions);
        for (SpanFact fact : sent) {
            switch (trace.accept(fact, changes)) {
                case MERGED -> outcome.merged++;
                case DUPLICATE -> outcome.duplicates++;
                case STORED -> {}
            }
            if (random.nextInt(4) == 0) {
                trace = roundTrip(trace);
            }
        }
        contributions.drain((window, value) -> outcome.windows
                .computeIfAbsent(window, absent -> new WindowValue())
                .merge(value));
        outcome.summary = trace.summary();
        for (Member member : trace.members) {
            SpanFact fact = member.fact();
            outcome.facts.put(fact.id(), fact);
            outcome.spans.put(
                    fact.id(),
                    fact.message() + " " + fact.cost() + " " + fact.marks() + member.counted() + member.root()
                            + member.waits() + (member.waits() ? "" : fact.windowAtNanos()));
            if (member.counted()) {
                outcome.counted.add(fact.id());
            }
        }
        return outcome;
    }

    private static Trace.Changes changes(Outcome outcome, Contributions contributions) {
        return new Trace.Changes() {
            @Override
            public void changed(@Nullable Member before, Member after) {
                boolean waited = before != null && before.waits();
                outcome.waiting += (after.waits() ? 1 : 0) - (waited ? 1 : 0);
                outcome.merged += waited && !after.waits() ? 1 : 0;
                outcome.rows += !after.waits() && (before == null || waited) ? 1 : 0;
                if (before != null && before.contributes()) {
                    contributions.span(Spans.PROJECT, contribution(before), -1);
                }
                if (after.contributes()) {
                    contributions.span(Spans.PROJECT, contribution(after), 1);
                }
            }

            @Override
            public SpanCost costOf(SpanMessage span, @Nullable Usage usage) {
                return usage == null ? SpanCost.NONE : new SpanCost(usage.inputTokens(), null, "computed", "1", "");
            }
        };
    }

    /** A call counts unless one of its descendants is a call, of what the spans have become. */
    private static void assertCountedOnce(Outcome outcome) {
        Set<SpanId> above = new HashSet<>();
        outcome.facts.values().stream().filter(SpanFact::mayCount).forEach(fact -> {
            SpanId at = fact.parent();
            while (at != null && above.add(at)) {
                SpanFact parent = outcome.facts.get(at);
                at = parent == null ? null : parent.parent();
            }
        });
        outcome.facts.forEach((id, fact) ->
                assertThat(outcome.counted.contains(id)).isEqualTo(fact.mayCount() && !above.contains(id)));
    }

    private static List<SpanFact> randomTrace(Random random, int spans) {
        return messages(random, spans).stream().map(Spans::build).toList();
    }

    /** Whole spans, spans in parts, some of which never end, and messages about their trace. */
    static List<Spans> messages(Random random, int spans) {
        List<Spans> messages = new ArrayList<>();
        for (int id = 1; id <= spans; id++) {
            int parent = id > 1 && random.nextInt(8) > 0 ? 1 + random.nextInt(id - 1) : 0;
            if (random.nextInt(4) == 0) {
                Spans whole = random.nextBoolean() ? call(id) : span(id);
                messages.add(whole.under(parent).startMillis(NOON_MILLIS + id));
            } else {
                addParts(random, id, parent, messages);
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = messages.size();
            messages.add(ofTrace(at + 1)
                    .saying(m -> m.setName("trace " + at)
                            .setStartNanos(NOON_MILLIS * 1_000_000 - at)
                            .addTags("t" + at)));
        }
        return messages;
    }

    private static void addParts(Random random, int id, int parent, List<Spans> messages) {
        boolean isCall = random.nextBoolean();
        Spans begin = begin(id, messages.size() + 1).under(parent).startMillis(NOON_MILLIS + id);
        messages.add(isCall ? begin.kind(SpanKind.LLM) : begin);
        for (int updates = random.nextInt(3); updates > 0; updates--) {
            int at = messages.size();
            messages.add(update(id, at + 1)
                    .saying(m -> m.setResponseModel(at % 2 == 0 ? "gpt-4o" : "m" + at)
                            .setUserId(at % 3 == 0 ? "u" + at : "")));
        }
        if (random.nextInt(5) > 0) {
            Spans end = end(id, messages.size() + 1).lasting(100 + random.nextInt(20_000));
            messages.add(isCall ? end.saying(PartialTraceTest::usage) : end);
        }
    }

    private static void usage(SpanMessage.Builder message) {
        message.setUsage(UsageMessage.newBuilder().setInput(11).setOutput(2));
    }

    private static SpanContribution contribution(Member member) {
        return SpanContribution.of(member.fact(), member.counted(), member.root());
    }

    private static Trace roundTrip(Trace trace) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        TraceSerializer.INSTANCE.serialize(trace, out);
        return TraceSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static Trace accept(Spans... messages) {
        Trace trace = new Trace(0);
        for (Spans message : messages) {
            trace.accept(message.build(), NOBODY);
        }
        return trace;
    }

    private static long rootId(Trace trace) {
        Member root = trace.root();
        return root == null ? -1 : root.fact().id().low();
    }

    private static List<Long> counted(Trace trace) {
        return trace.members.stream()
                .filter(Member::counted)
                .map(member -> member.fact().id().low())
                .toList();
    }
}
