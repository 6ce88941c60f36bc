package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.Trials;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

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

    private static List<Contribution> contributions(Random random) {
        return Trials.list(
                random,
                30,
                any -> new Contribution(
                        any.nextInt(4) == 0 ? -1 : 1,
                        any.nextBoolean(),
                        any.nextBoolean(),
                        any.nextBoolean(),
                        Trials.anyLong(any),
                        Trials.between(any, 0, 2_000_000),
                        Trials.between(any, 0, 600_000_000) / 1e3));
    }

    @Test
    void mergingTakesAnyOrderAndGrouping() {
        Trials.run(1_000, random -> {
            List<Contribution> a = contributions(random);
            List<Contribution> b = contributions(random);
            List<Contribution> c = contributions(random);
            WindowValue forwards = valueOf(a);
            forwards.merge(valueOf(b));
            forwards.merge(valueOf(c));
            WindowValue tail = valueOf(c);
            tail.merge(valueOf(b));
            tail.merge(valueOf(a));

            assertThat(forwards).isEqualTo(tail).hasSameHashCodeAs(tail);
            assertThat(forwards.encode()).isEqualTo(tail.encode());
        });
    }

    @Test
    void whatIsTakenBackLeavesNoByte() {
        Trials.run(1_000, random -> {
            List<Contribution> kept = contributions(random);
            List<Contribution> gone = contributions(random);
            WindowValue value = valueOf(gone);
            kept.forEach(contribution -> contribution.addTo(value));
            gone.forEach(contribution -> contribution.takenBack().addTo(value));

            assertThat(value).isEqualTo(valueOf(kept));
            assertThat(value.encode()).isEqualTo(valueOf(kept).encode());
            assertThat(value.isZero()).isEqualTo(valueOf(kept).encode().length == 0);
        });
    }

    @Test
    void comesBackFromItsBytes() {
        Trials.run(1_000, random -> {
            List<Contribution> contributions = contributions(random);
            WindowValue value = valueOf(contributions);

            assertThat(WindowValue.decode(value.encode())).isEqualTo(value).hasSameHashCodeAs(value);
            assertThat(value.copy()).isEqualTo(value);
        });
    }

    @Test
    void costIsTheExactSum() {
        Trials.run(1_000, random -> {
            List<Contribution> contributions = contributions(random);
            BigInteger exact = contributions.stream()
                    .filter(contribution -> !contribution.request() && contribution.priced())
                    .map(contribution -> BigInteger.valueOf(contribution.costPico())
                            .multiply(BigInteger.valueOf(contribution.sign())))
                    .reduce(BigInteger.ZERO, BigInteger::add);

            assertThat(valueOf(contributions).costPico()).isEqualTo(exact);
        });
    }

    @Test
    void aRowGivesTheSameValue() {
        Trials.run(1_000, random -> {
            List<Contribution> contributions = contributions(random);
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
        });
    }

    @Test
    void thePartsMakeTheWhole() {
        Trials.run(1_000, random -> {
            List<Contribution> a = contributions(random);
            List<Contribution> b = contributions(random);
            WindowValue whole = valueOf(a);
            whole.merge(valueOf(b));
            WindowValue parts = valueOf(a);
            parts.mergeTraces(valueOf(b));
            parts.mergeUsage(valueOf(b));
            parts.mergeRequests(valueOf(b));
            parts.mergeCounts(valueOf(b));

            assertThat(parts).isEqualTo(whole);
        });
    }

    @Test
    void bytesAreRefusedOrRead() {
        Trials.run(1_000, random -> {
            byte[] bytes = Trials.bytes(random, 64);
            WindowValue decoded;
            try {
                decoded = WindowValue.decode(bytes);
            } catch (IllegalArgumentException refused) {
                return;
            }
            assertThat(WindowValue.decode(decoded.encode())).isEqualTo(decoded);
        });
    }

    private static WindowValue valueOf(List<Contribution> contributions) {
        WindowValue value = new WindowValue();
        contributions.forEach(contribution -> contribution.addTo(value));
        return value;
    }
}
