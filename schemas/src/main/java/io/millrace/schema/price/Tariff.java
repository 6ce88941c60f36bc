package io.millrace.schema.price;

import io.millrace.schema.usage.UsageBucket;
import java.util.List;
import java.util.Map;

/**
 * The token prices of one model: by length of the prompt, by service tier, by bucket. Immutable.
 *
 * <p>A prompt strictly longer than a level's threshold is billed at that level as a whole. Among the levels it crosses,
 * the highest that lists a bucket gives that bucket's price; within a level the service tier's own price goes before
 * the standard one. (The rules, and the cases where public price engines disagree, are those of the invoices that
 * LiteLLM's tests restate.)
 */
final class Tariff {
    /**
     * Listed prices.
     *
     * @param above tokens of the whole prompt, cached ones included, that a prompt must exceed
     * @param rates by service tier; those of {@link ServiceTier#STANDARD} are always there
     */
    record Level(long above, Map<ServiceTier, Rates> rates) {}

    private final List<Level> levels;
    private final RateCard[][] cards = new RateCard[ServiceTier.values().length][];

    /**
     * @param levels ascending; the first is that of any prompt
     */
    Tariff(List<Level> levels) {
        this.levels = List.copyOf(levels);
        for (ServiceTier tier : ServiceTier.values()) {
            RateCard[] byLevel = new RateCard[levels.size()];
            for (int level = 0; level < byLevel.length; level++) {
                int crossed = level;
                byLevel[level] = new RateCard(bucket -> listed(tier, crossed, bucket));
            }
            cards[tier.ordinal()] = byLevel;
        }
    }

    List<Level> levels() {
        return levels;
    }

    /** The index of the highest level that a prompt of so many tokens crosses; 0 is that of any prompt. */
    int level(long promptTokens) {
        int crossed = 0;
        while (crossed + 1 < levels.size()
                && promptTokens > levels.get(crossed + 1).above()) {
            crossed++;
        }
        return crossed;
    }

    RateCard card(ServiceTier tier, int level) {
        return cards[tier.ordinal()][level];
    }

    /** Whether any price is the tier's own. */
    boolean lists(ServiceTier tier) {
        return levels.stream().anyMatch(level -> level.rates().containsKey(tier));
    }

    private long listed(ServiceTier tier, int crossed, UsageBucket bucket) {
        for (int level = crossed; level >= 0; level--) {
            Map<ServiceTier, Rates> rates = levels.get(level).rates();
            long own = rates.getOrDefault(tier, Rates.NONE).attoUsd(bucket);
            if (own != Rates.MISSING) {
                return own;
            }
            long standard = rates.getOrDefault(ServiceTier.STANDARD, Rates.NONE).attoUsd(bucket);
            if (standard != Rates.MISSING) {
                return standard;
            }
        }
        return Rates.MISSING;
    }
}
