package io.millrace.schema.price;

import io.millrace.schema.usage.UsageBucket;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;

/**
 * Listed prices by bucket, some of which may be missing. Immutable.
 *
 * <p>A price is kept in atto-dollars (1e-18 USD) per token: exact for every decimal price per million tokens of up to
 * twelve places.
 */
final class Rates {
    static final Rates NONE = new Rates(filled());
    static final long MISSING = -1;

    /** Decimal places of a price per million tokens that fit an atto-dollar per token. */
    private static final int PLACES = 12;
    /** One dollar per token: no list is near it, so that more is a slip of the unit. */
    private static final BigDecimal MAX_USD_PER_MILLION = BigDecimal.valueOf(1_000_000);

    private final long[] attoUsd;

    private Rates(long[] attoUsd) {
        this.attoUsd = attoUsd;
    }

    /**
     * @throws IllegalArgumentException when a price is negative, above a dollar per token, or finer than 12 places
     */
    static Rates ofUsdPerMillionTokens(Map<UsageBucket, BigDecimal> prices) {
        long[] atto = filled();
        prices.forEach((bucket, usd) -> atto[bucket.ordinal()] = atto(bucket, usd));
        return new Rates(atto);
    }

    /** Atto-dollars per token, or {@link #MISSING}. */
    long attoUsd(UsageBucket bucket) {
        return attoUsd[bucket.ordinal()];
    }

    private static long atto(UsageBucket bucket, BigDecimal usd) {
        if (usd.signum() < 0 || usd.compareTo(MAX_USD_PER_MILLION) > 0) {
            throw new IllegalArgumentException("price of " + bucket.label() + " out of range: " + usd);
        }
        if (usd.stripTrailingZeros().scale() > PLACES) {
            throw new IllegalArgumentException("price of " + bucket.label() + " has over 12 places: " + usd);
        }
        return usd.movePointRight(PLACES).longValueExact();
    }

    private static long[] filled() {
        long[] empty = new long[UsageBucket.COUNT];
        Arrays.fill(empty, MISSING);
        return empty;
    }
}
