package io.millrace.ingest.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final AtomicLong now = new AtomicLong(-5 * SECOND);
    private final LocalBuckets buckets = new LocalBuckets(now::get);

    private static Bucket bucket(LimitName name, long perSecond, long burst) {
        return Bucket.of(name, "{p}", new Limit(perSecond, burst));
    }

    private Verdict take(long units, Bucket... from) {
        return buckets.take(Allowance.charges(List.of(from), units), 1);
    }

    @Test
    void takesTheBurstAtOnceAndThenTheRate() {
        Bucket ten = bucket(LimitName.KEY_SPANS, 10, 5);
        for (int i = 0; i < 5; i++) {
            assertThat(take(1, ten)).isEqualTo(Verdict.TAKEN);
        }
        assertThat(take(1, ten)).isEqualTo(new Verdict(LimitName.KEY_SPANS, 100 * MILLI));
        now.addAndGet(100 * MILLI - 1);
        assertThat(take(1, ten)).isEqualTo(new Verdict(LimitName.KEY_SPANS, 1));
        now.addAndGet(1);
        assertThat(take(1, ten).isTaken()).isTrue();
        assertThat(take(2, ten).waitNanos()).isEqualTo(200 * MILLI);
    }

    @Test
    void takesMoreThanTheBurstWhenNothingIsOwedAndIsPaidAfterwards() {
        Bucket ten = bucket(LimitName.PROJECT_SPANS, 10, 5);
        assertThat(take(100, ten).isTaken()).isTrue();
        assertThat(take(1, ten).waitNanos()).isEqualTo(9_600 * MILLI);
        now.addAndGet(9_600 * MILLI);
        assertThat(take(100, ten).isTaken()).isFalse();
        assertThat(take(1, ten).isTaken()).isTrue();
    }

    @Test
    void takesFromAllBucketsOrFromNone() {
        Bucket wide = bucket(LimitName.PROJECT_SPANS, 10, 10);
        Bucket narrow = bucket(LimitName.KEY_SPANS, 10, 2);
        assertThat(take(2, narrow, wide).isTaken()).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(take(2, narrow, wide)).isEqualTo(new Verdict(LimitName.KEY_SPANS, 200 * MILLI));
        }
        assertThat(take(8, wide).isTaken()).isTrue();
        assertThat(take(1, narrow, wide).reached()).isNotNull();
    }

    @Test
    void namesTheLimitToBeWaitedForLongest() {
        Bucket slow = bucket(LimitName.PROJECT_BYTES, 1, 1);
        Bucket fast = bucket(LimitName.KEY_BYTES, 10, 1);
        assertThat(take(1, fast, slow).isTaken()).isTrue();
        assertThat(take(1, fast, slow)).isEqualTo(new Verdict(LimitName.PROJECT_BYTES, SECOND));
        assertThat(take(1, slow, fast)).isEqualTo(new Verdict(LimitName.PROJECT_BYTES, SECOND));
    }

    @Test
    void countsSoManyTimesAsThereAreEdges() {
        Bucket ten = bucket(LimitName.KEY_SPANS, 10, 6);
        for (int i = 0; i < 2; i++) {
            assertThat(buckets.take(Allowance.charges(List.of(ten), 1), 3).isTaken())
                    .isTrue();
        }
        assertThat(buckets.take(Allowance.charges(List.of(ten), 1), 3).waitNanos())
                .isEqualTo(300 * MILLI);
    }

    @Test
    void aChangedLimitBeginsAnew() {
        assertThat(take(1_000, bucket(LimitName.KEY_SPANS, 1, 1)).isTaken()).isTrue();
        assertThat(take(1, bucket(LimitName.KEY_SPANS, 1, 1)).isTaken()).isFalse();
        assertThat(take(1, bucket(LimitName.KEY_SPANS, 2, 1)).isTaken()).isTrue();
    }

    /** An exact token bucket: tokens in nanoseconds times the rate, so that nothing is ever rounded. */
    @Test
    void decidesAsATokenBucketDoes() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            // Rates that divide a second into whole nanoseconds.
            long rate = List.of(1L, 2L, 5L, 8L, 10L, 64L, 1_000L, 50_000L, 1_000_000L)
                    .get(random.nextInt(9));
            long burst = 1 + random.nextInt(1_000);
            if (burst > rate * 86_400) {
                continue;
            }
            Bucket bucket = Bucket.of(LimitName.KEY_SPANS, "round" + round, new Limit(rate, burst));
            BigInteger full = BigInteger.valueOf(burst).multiply(BigInteger.valueOf(SECOND));
            BigInteger tokens = full;
            for (int i = 0; i < 200; i++) {
                long pause = (long) (random.nextDouble() * 2 * burst / 10 * SECOND / rate);
                now.addAndGet(pause);
                tokens = tokens.add(BigInteger.valueOf(pause).multiply(BigInteger.valueOf(rate)))
                        .min(full);
                long units = 1 + random.nextInt((int) burst);
                BigInteger wanted = BigInteger.valueOf(units).multiply(BigInteger.valueOf(SECOND));
                boolean expected = tokens.compareTo(wanted) >= 0;

                assertThat(take(units, bucket).isTaken())
                        .as("%d of %d at %d/s", units, burst, rate)
                        .isEqualTo(expected);
                if (expected) {
                    tokens = tokens.subtract(wanted);
                }
            }
        }
    }

    @Test
    void keepsABoundedNumberOfBuckets() {
        for (int i = 0; i < 50_000; i++) {
            take(1, Bucket.of(LimitName.KEY_SPANS, "key " + i, new Limit(1, 1)));
        }
        assertThat(buckets.size()).isLessThanOrEqualTo(20_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, 86401", "1000000001, 1", "1000000000, 9000000001"})
    void refusesWhatIsNoLimit(long perSecond, long burst) {
        assertThatThrownBy(() -> new Limit(perSecond, burst)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void overflowsNowhere() {
        Limit largest = new Limit(Limit.MOST_PER_SECOND, Limit.MOST_BURST);
        assertThat(largest.tolerance()).isEqualTo(Limit.MOST_BURST);
        assertThat(largest.cost(Long.MAX_VALUE)).isEqualTo(Limit.MOST_BURST);
        assertThat(new Limit(1, 86_400).cost(Long.MAX_VALUE)).isEqualTo(86_400 * SECOND);
    }

    @Test
    void aQuotaEndsWithItsMonth() {
        long inNovember = Instant.parse("2026-11-30T23:59:59Z").toEpochMilli();
        long inDecember = Instant.parse("2026-12-01T00:00:00Z").toEpochMilli();
        assertThat(new Quota(10, 202611, 9).isUsedUp(inNovember)).isFalse();
        assertThat(new Quota(10, 202611, 10).isUsedUp(inNovember)).isTrue();
        assertThat(new Quota(10, 202611, 10).isUsedUp(inDecember)).isFalse();
        assertThat(Quota.NONE.isUsedUp(inNovember)).isFalse();
        assertThat(new Quota(10, 202611, 10).nanosToNextMonth(inNovember)).isEqualTo(SECOND);
    }
}
