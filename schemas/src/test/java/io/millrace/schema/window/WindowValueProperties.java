package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class WindowValueProperties {
    /** What one span and its trace contribute, as far as the parts are told apart here. */
    record Contribution(
            long sign, boolean error, boolean request, boolean priced, long costPico, long tokens, double measure) {
        void addTo(WindowValue value) {
            value.span(sign, error);
            if (request) {
                value.request(sign, error, measure);
            } else {
                value.usage(sign, Usage.of(new long[] {tokens, 0, 0, 0, 0, tokens / 3}), priced, costPico);
                value.firstToken(sign, measure / 7);
                value.throughput(sign, measure / 11);
                value.trace(sign);
                value.traceCost(sign, measure * 13);
            }
        }

        Contribution takenBack() {
            return new Contribution(-sign, error, request, priced, costPico, tokens, measure);
        }
    }

    @Provide
    Arbitrary<List<Contribution>> contributions() {
        return Combinators.combine(
                        Arbitraries.of(1L, 1L, 1L, -1L),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.longs(),
                        Arbitraries.longs().between(0, 2_000_000),
                        Arbitraries.doubles().between(0, 600_000).ofScale(3))
                .as(Contribution::new)
                .list()
                .ofMaxSize(30);
    }

    @Property
    void mergingTakesAnyOrderAndGrouping(
            @ForAll("contributions") List<Contribution> a,
            @ForAll("contributions") List<Contribution> b,
            @ForAll("contributions") List<Contribution> c) {
        WindowValue forwards = valueOf(a);
        forwards.merge(valueOf(b));
        forwards.merge(valueOf(c));
        WindowValue tail = valueOf(c);
        tail.merge(valueOf(b));
        tail.merge(valueOf(a));

        assertThat(forwards).isEqualTo(tail).hasSameHashCodeAs(tail);
        assertThat(forwards.encode()).isEqualTo(tail.encode());
    }

    @Property
    void whatIsTakenBackLeavesNoByte(
            @ForAll("contributions") List<Contribution> kept, @ForAll("contributions") List<Contribution> gone) {
        WindowValue value = valueOf(gone);
        kept.forEach(contribution -> contribution.addTo(value));
        gone.forEach(contribution -> contribution.takenBack().addTo(value));

        assertThat(value).isEqualTo(valueOf(kept));
        assertThat(value.encode()).isEqualTo(valueOf(kept).encode());
        assertThat(value.isZero()).isEqualTo(valueOf(kept).encode().length == 0);
    }

    @Property
    void comesBackFromItsBytes(@ForAll("contributions") List<Contribution> contributions) {
        WindowValue value = valueOf(contributions);

        assertThat(WindowValue.decode(value.encode())).isEqualTo(value).hasSameHashCodeAs(value);
        assertThat(value.copy()).isEqualTo(value);
    }

    @Property
    void costIsTheExactSum(@ForAll("contributions") List<Contribution> contributions) {
        BigInteger exact = contributions.stream()
                .filter(contribution -> !contribution.request() && contribution.priced())
                .map(contribution ->
                        BigInteger.valueOf(contribution.costPico()).multiply(BigInteger.valueOf(contribution.sign())))
                .reduce(BigInteger.ZERO, BigInteger::add);

        assertThat(valueOf(contributions).costPico()).isEqualTo(exact);
    }

    @Property
    void aRowGivesTheSameValue(@ForAll("contributions") List<Contribution> contributions) {
        WindowValue value = valueOf(contributions);
        long[] usage = new long[UsageBucket.COUNT];
        for (UsageBucket bucket : UsageBucket.values()) {
            usage[bucket.ordinal()] = value.tokens(bucket);
        }

        WindowValue row = WindowValue.builder()
                .spans(value.spans())
                .errors(value.errors())
                .requests(value.requests())
                .requestErrors(value.requestErrors())
                .traces(value.traces())
                .counted(value.counted())
                .unpriced(value.unpriced())
                .usage(usage)
                .costPico(value.costPico())
                .latency(value.latency().encode())
                .timeToFirstToken(value.timeToFirstToken().encode())
                .tokensPerSecond(value.tokensPerSecond().encode())
                .traceCost(value.traceCost().encode())
                .build();

        assertThat(row).isEqualTo(value);
    }

    @Property
    void thePartsMakeTheWhole(
            @ForAll("contributions") List<Contribution> a, @ForAll("contributions") List<Contribution> b) {
        WindowValue whole = valueOf(a);
        whole.merge(valueOf(b));
        WindowValue parts = valueOf(a);
        parts.mergeTraces(valueOf(b));
        parts.mergeUsage(valueOf(b));
        parts.mergeRequests(valueOf(b));
        parts.mergeCounts(valueOf(b));

        assertThat(parts).isEqualTo(whole);
    }

    @Property
    void bytesAreRefusedOrRead(@ForAll byte[] bytes) {
        WindowValue decoded;
        try {
            decoded = WindowValue.decode(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(WindowValue.decode(decoded.encode())).isEqualTo(decoded);
    }

    private static WindowValue valueOf(List<Contribution> contributions) {
        WindowValue value = new WindowValue();
        contributions.forEach(contribution -> contribution.addTo(value));
        return value;
    }
}
