package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.call;
import static io.millrace.jobs.assembly.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class TraceTest {
    private static final Trace.Changes NOBODY = (before, after) -> {};

    @Test
    void countsTheInnermostModelCall() {
        Trace trace = accept(call(1), call(2).under(1), call(3).under(2));
        assertThat(counted(trace)).containsExactly(3L);
        assertThat(trace.cost()).isEqualTo(BigInteger.valueOf(5));
    }

    @Test
    void takesBackTheOuterCallWhenTheInnerOneComesLate() {
        Trace trace = accept(call(1));
        List<String> told = new ArrayList<>();
        trace.accept(
                call(2).under(1).build(),
                (before, after) -> told.add((before == null ? "new" : before.counted()) + " -> " + after.counted()));
        assertThat(told).containsExactly("new -> true", "true -> false");
    }

    @Test
    void countsThroughSpansThatHaveNotArrived() {
        Trace trace = accept(call(1), call(9).under(5));
        assertThat(counted(trace)).containsExactlyInAnyOrder(1L, 9L);
        trace.accept(span(5).under(1).build(), NOBODY);
        assertThat(counted(trace)).containsExactly(9L);
    }

    @Test
    void neverCountsUsageThatRepeatsThatOfChildren() {
        assertThat(counted(accept(call(1).marked(Mark.USAGE_OF_CHILDREN)))).isEmpty();
    }

    @Test
    void sameSpanAgainChangesNothing() {
        Trace trace = accept(call(1));
        assertThat(trace.accept(call(1).build(), (before, after) -> {
                    throw new AssertionError("told of a change");
                }))
                .isEqualTo(Trace.Outcome.DUPLICATE);
    }

    @Test
    void laterEndWinsWhateverTheOrder() {
        Trace one = accept(span(1).lasting(100), span(1).lasting(200).content(9));
        Trace other = accept(span(1).lasting(200).content(9), span(1).lasting(100));
        assertThat(one.members.get(0).fact().durationNanos()).isEqualTo(200_000_000);
        assertThat(other.members.get(0).fact().durationNanos()).isEqualTo(200_000_000);
    }

    @Test
    void aSpanWithoutATimeOfItsOwnIsTheSameAtEachDelivery() {
        Trace trace = accept(span(1).marked(Mark.TIME_OF_DELIVERY));
        assertThat(trace.accept(
                        span(1).marked(Mark.TIME_OF_DELIVERY).lasting(90_000).build(), NOBODY))
                .isEqualTo(Trace.Outcome.DUPLICATE);
        assertThat(trace.accept(
                        span(1).marked(Mark.TIME_OF_DELIVERY)
                                .lasting(90_000)
                                .content(9)
                                .build(),
                        NOBODY))
                .isEqualTo(Trace.Outcome.MERGED);
    }

    @Test
    void windowOfASpanIsFixedAtFirstAcceptance() {
        Trace trace = accept(span(1).lasting(100), span(1).lasting(60_000).content(9));
        assertThat(trace.members.get(0).fact().windowAtNanos()).isEqualTo((Spans.NOON_MILLIS + 100) * 1_000_000);
    }

    @Test
    void orphanBecomesRootAtSettleAndYieldsToARealRoot() {
        Trace trace = accept(span(2).under(1), span(3).under(2));
        assertThat(trace.root()).isNull();
        trace.settle(NOBODY);
        assertThat(rootId(trace)).isEqualTo(2);
        trace.accept(span(1).build(), NOBODY);
        assertThat(rootId(trace)).isEqualTo(1);
    }

    @Test
    void cyclesOfParentsEnd() {
        Trace trace = accept(call(1).under(2), call(2).under(1));
        trace.settle(NOBODY);
        assertThat(trace.root()).isNull();
        assertThat(counted(trace)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void arrivalOrderNeverMattersAndContributionsAddUp() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<SpanFact> facts = randomTrace(random, 2 + random.nextInt(40));
            Set<Long> expected = countedBySecondImplementation(facts);
            for (int order = 0; order < 4; order++) {
                Collections.shuffle(facts, random);
                Trace trace = new Trace(0);
                Contributions contributions = new Contributions();
                Map<SeriesWindow, WindowValue> sums = new HashMap<>();
                for (SpanFact fact : facts) {
                    trace.accept(fact, (before, after) -> {
                        if (before != null) {
                            contributions.span(Spans.PROJECT, contribution(before), -1);
                        }
                        contributions.span(Spans.PROJECT, contribution(after), 1);
                    });
                    if (random.nextInt(5) == 0) {
                        trace = roundTrip(trace);
                    }
                    if (random.nextInt(3) == 0) {
                        drainInto(contributions, sums);
                    }
                }
                drainInto(contributions, sums);
                assertThat(counted(trace)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
                assertThat(total(sums, Cube.PROJECT).spans()).isEqualTo(facts.size());
                assertThat(total(sums, Cube.PROJECT).counted()).isEqualTo(expected.size());
                assertThat(total(sums, Cube.PROJECT).costPico()).isEqualTo(BigInteger.valueOf(5L * expected.size()));
                assertThat(total(sums, Cube.MODEL).latency().count()).isEqualTo(expected.size());
                assertThat(total(sums, Cube.PROJECT).requests())
                        .isEqualTo(facts.stream().anyMatch(fact -> fact.parent() == null) ? 1 : 0);
            }
        }
    }

    private static SpanContribution contribution(Member member) {
        return SpanContribution.of(member.fact(), member.counted(), member.root());
    }

    private static void drainInto(Contributions contributions, Map<SeriesWindow, WindowValue> sums) {
        contributions.drain((window, value) ->
                sums.computeIfAbsent(window, absent -> new WindowValue()).merge(value));
    }

    private static WindowValue total(Map<SeriesWindow, WindowValue> sums, Cube cube) {
        WindowValue total = new WindowValue();
        sums.forEach((window, value) -> {
            if (window.cube() == cube) {
                total.merge(value);
            }
        });
        return total;
    }

    /** A span may have any other as its parent that comes before it in the list, or one that never arrives. */
    private static List<SpanFact> randomTrace(Random random, int size) {
        List<SpanFact> facts = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            Spans span = random.nextInt(3) == 0 ? call(id) : span(id).kind(SpanKind.CHAIN);
            if (id > 1 && random.nextInt(10) > 0) {
                span.under(random.nextInt(12) == 0 ? 1_000 + random.nextInt(3) : 1 + random.nextInt(id - 1));
            }
            facts.add(
                    span.startMillis(Spans.NOON_MILLIS + random.nextInt(30_000)).build());
        }
        return facts;
    }

    /** Straight from the rule: a call counts unless one of its descendants is a call. */
    private static Set<Long> countedBySecondImplementation(List<SpanFact> facts) {
        Map<SpanId, SpanId> parents = new HashMap<>();
        facts.forEach(fact -> parents.put(fact.id(), fact.parent()));
        Set<SpanId> above = new HashSet<>();
        for (SpanFact fact : facts) {
            if (fact.kind() == SpanKind.LLM) {
                for (SpanId at = fact.parent(); at != null; at = parents.get(at)) {
                    above.add(at);
                }
            }
        }
        Set<Long> counted = new HashSet<>();
        for (SpanFact fact : facts) {
            if (fact.kind() == SpanKind.LLM && !above.contains(fact.id())) {
                counted.add(fact.id().low());
            }
        }
        return counted;
    }

    private static Trace roundTrip(Trace trace) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        TraceSerializer.INSTANCE.serialize(trace, out);
        return TraceSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
    }

    private static Trace accept(Spans... spans) {
        Trace trace = new Trace(0);
        Arrays.stream(spans).forEach(span -> trace.accept(span.build(), NOBODY));
        return trace;
    }

    private static long rootId(Trace trace) {
        Member root = trace.root();
        return root == null ? -1 : root.fact().id().low();
    }

    private static List<Long> counted(Trace trace) {
        return trace.members.stream()
                .filter(Member::counted)
                .flatMapToLong(member -> LongStream.of(member.fact().id().low()))
                .boxed()
                .toList();
    }
}
