package io.millrace.schema.price;

import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.util.function.ToLongFunction;

/**
 * The prices that hold for one call: the bucket prices of one context and service tier, with missing ones filled in.
 *
 * <p>A bucket without a listed price costs what its side's plain tokens cost. That is what providers bill: one that
 * lists no cached price gives no discount, one that lists no price for writing a cache charges plain input, and
 * reasoning, audio and images are billed as text where no other price is listed. A cache write for an hour without its
 * own price costs what one for five minutes does.
 */
final class RateCard {
    /** No price for a bucket that has tokens. */
    static final long NO_PRICE = -1;
    /** More than {@link #MAX_PICO_USD}. */
    static final long TOO_LARGE = -2;
    /** A bucket has fewer than no tokens. */
    static final long NEGATIVE_USAGE = -3;
    /** A hundred thousand dollars: no call costs as much, so that more is a broken count. */
    static final long MAX_PICO_USD = 100_000_000_000_000_000L;

    private static final UsageBucket[] BUCKETS = UsageBucket.values();
    private static final long ATTOS_PER_PICO = 1_000_000;

    private final long[] attoUsd = new long[UsageBucket.COUNT];

    /**
     * @param listed the listed price of a bucket in atto-dollars per token, or {@link Rates#MISSING}
     */
    RateCard(ToLongFunction<UsageBucket> listed) {
        for (UsageBucket bucket : BUCKETS) {
            attoUsd[bucket.ordinal()] = filled(bucket, listed);
        }
    }

    /**
     * The sum over buckets of tokens times price, rounded once, half-even, to whole pico-dollars; or one of the negative
     * reasons why there is none. Allocates nothing.
     */
    long picoUsd(Usage usage) {
        long hindrance = hindrance(usage);
        return hindrance == 0 ? sum(usage) : hindrance;
    }

    /** Why the usage has no price, or 0. */
    private long hindrance(Usage usage) {
        long hindrance = 0;
        for (int i = 0; i < attoUsd.length; i++) {
            if (usage.get(i) < 0) {
                return NEGATIVE_USAGE;
            }
            if (usage.get(i) > 0 && attoUsd[i] == Rates.MISSING) {
                hindrance = NO_PRICE;
            }
        }
        return hindrance;
    }

    private long sum(Usage usage) {
        long picos = 0;
        long attos = 0; // below 1e12 per bucket
        try {
            for (int i = 0; i < attoUsd.length; i++) {
                long tokens = usage.get(i);
                if (tokens > 0) {
                    long whole = attoUsd[i] / ATTOS_PER_PICO;
                    long fraction = attoUsd[i] % ATTOS_PER_PICO;
                    picos = Math.addExact(picos, Math.multiplyExact(tokens, whole));
                    picos = Math.addExact(picos, Math.multiplyExact(tokens / ATTOS_PER_PICO, fraction));
                    attos += tokens % ATTOS_PER_PICO * fraction;
                }
            }
            return bounded(Math.addExact(picos, attos / ATTOS_PER_PICO), attos % ATTOS_PER_PICO);
        } catch (ArithmeticException overflow) {
            return TOO_LARGE;
        }
    }

    private static long bounded(long picos, long rest) {
        boolean up = rest > ATTOS_PER_PICO / 2 || rest == ATTOS_PER_PICO / 2 && (picos & 1) == 1;
        long rounded = up ? picos + 1 : picos;
        return rounded < 0 || rounded > MAX_PICO_USD ? TOO_LARGE : rounded; // negative: Long.MAX_VALUE rounded up
    }

    private static long filled(UsageBucket bucket, ToLongFunction<UsageBucket> listed) {
        long price = listed.applyAsLong(bucket);
        if (price != Rates.MISSING) {
            return price;
        }
        return switch (bucket) {
            case INPUT, OUTPUT -> Rates.MISSING;
            case INPUT_CACHE_WRITE_1H -> filled(UsageBucket.INPUT_CACHE_WRITE_5M, listed);
            default -> filled(bucket.isInput() ? UsageBucket.INPUT : UsageBucket.OUTPUT, listed);
        };
    }
}
