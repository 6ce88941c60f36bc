package io.millrace.bench.load;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The models of the generated calls with their list prices in USD per million tokens, stated here a second time so that
 * a wrong catalogue or a wrong sum is seen. None of these prices is finer than a pico-dollar per token, so the cost of a
 * call is exact.
 */
enum Model {
    GPT_4O_MINI("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", new Prices("0.15", "0.075", null, "0.60")),
    GPT_4O("openai", "gpt-4o", "gpt-4o-2024-08-06", new Prices("2.50", "1.25", null, "10.00")),
    CLAUDE_SONNET_4(
            "anthropic",
            "claude-sonnet-4-20250514",
            "claude-sonnet-4-20250514",
            new Prices("3.00", "0.30", "3.75", "15.00")),
    GPT_4_1_MINI("openai", "gpt-4.1-mini", "gpt-4.1-mini", new Prices("0.40", "0.10", null, "1.60")),
    /** Reasons: reasoning tokens cost what output tokens cost. */
    O4_MINI("openai", "o4-mini", "o4-mini", new Prices("1.10", "0.275", null, "4.40")),
    TEXT_EMBEDDING_3_SMALL(
            "openai", "text-embedding-3-small", "text-embedding-3-small", new Prices("0.02", null, null, null));

    private final String provider;
    private final String requested;
    private final String answered;
    private final Prices prices;

    /** USD per million tokens; null where the model has no such bucket. */
    private record Prices(
            String input,
            @Nullable String cacheRead,
            @Nullable String cacheWrite,
            @Nullable String output) {}

    Model(String provider, String requested, String answered, Prices prices) {
        this.provider = provider;
        this.requested = requested;
        this.answered = answered;
        this.prices = prices;
    }

    String provider() {
        return provider;
    }

    /** What the call asks for. */
    String requested() {
        return requested;
    }

    /** What the call's answer names: the model of the span's series. */
    String answered() {
        return answered;
    }

    boolean caches() {
        return prices.cacheRead != null;
    }

    boolean writesCache() {
        return prices.cacheWrite != null;
    }

    boolean reasons() {
        return this == O4_MINI;
    }

    boolean generates() {
        return prices.output != null;
    }

    /** Whole pico-dollars (1e-12 USD) per token. */
    Rates rates() {
        return new Rates(
                picoPerToken(prices.input),
                picoPerToken(prices.cacheRead),
                picoPerToken(prices.cacheWrite),
                picoPerToken(prices.output));
    }

    /** Pico-dollars per token of each side's buckets. */
    record Rates(long input, long cacheRead, long cacheWrite, long output) {}

    private static long picoPerToken(@Nullable String usdPerMillion) {
        return usdPerMillion == null
                ? 0
                : new BigDecimal(usdPerMillion).movePointRight(6).longValueExact();
    }
}
