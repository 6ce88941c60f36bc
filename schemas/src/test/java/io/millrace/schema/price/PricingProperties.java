package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.Trials;
import io.millrace.schema.price.Tariff.Level;
import io.millrace.schema.usage.TokenCount;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The engine against a second implementation: plain {@link BigDecimal}, straight from the rules' wording. */
final class PricingProperties {
    private static final BigDecimal LARGEST_PICO = new BigDecimal("100000").movePointRight(12);

    private static final Map<UsageBucket, UsageBucket> FALLBACK = Map.of(
            UsageBucket.INPUT_CACHE_READ, UsageBucket.INPUT,
            UsageBucket.INPUT_CACHE_WRITE_5M, UsageBucket.INPUT,
            UsageBucket.INPUT_CACHE_WRITE_1H, UsageBucket.INPUT_CACHE_WRITE_5M,
            UsageBucket.INPUT_AUDIO, UsageBucket.INPUT,
            UsageBucket.INPUT_IMAGE, UsageBucket.INPUT,
            UsageBucket.OUTPUT_REASONING, UsageBucket.OUTPUT,
            UsageBucket.OUTPUT_AUDIO, UsageBucket.OUTPUT,
            UsageBucket.OUTPUT_IMAGE, UsageBucket.OUTPUT);

    /** Prices as written in a list: USD per million tokens by bucket. */
    private record PriceList(long above, Map<UsageBucket, BigDecimal> standard, Map<UsageBucket, BigDecimal> batch) {}

    @Test
    void costsAreThoseOfExactArithmetic() {
        Trials.run(2_000, random -> {
            List<PriceList> lists = tariffs(random);
            long[] tokens = usage(random);
            boolean batch = random.nextBoolean();
            Usage usage = Usage.of(tokens);
            Tariff tariff = tariff(lists);

            long pico = tariff.card(batch ? ServiceTier.BATCH : ServiceTier.STANDARD, tariff.level(usage.inputTokens()))
                    .picoUsd(usage);

            assertThat(pico).isEqualTo(expected(lists, tokens, batch));
        });
    }

    private static long expected(List<PriceList> lists, long[] tokens, boolean batch) {
        BigDecimal prompt = BigDecimal.ZERO;
        for (int i = 0; i < 6; i++) {
            prompt = prompt.add(BigDecimal.valueOf(tokens[i]));
        }
        BigDecimal usd = BigDecimal.ZERO;
        for (UsageBucket bucket : UsageBucket.values()) {
            BigDecimal count = BigDecimal.valueOf(tokens[bucket.ordinal()]);
            BigDecimal price = price(lists, bucket, prompt, batch);
            if (count.signum() != 0 && price == null) {
                return RateCard.NO_PRICE;
            }
            if (count.signum() != 0) {
                usd = usd.add(count.multiply(price));
            }
        }
        BigDecimal pico = usd.movePointRight(12 - 6).setScale(0, RoundingMode.HALF_EVEN);
        return pico.compareTo(LARGEST_PICO) > 0 ? RateCard.TOO_LARGE : pico.longValueExact();
    }

    private static @Nullable BigDecimal price(
            List<PriceList> lists, UsageBucket bucket, BigDecimal prompt, boolean batch) {
        BigDecimal best = null;
        for (PriceList list : lists) {
            if (prompt.compareTo(BigDecimal.valueOf(list.above())) > 0) {
                BigDecimal standard = list.standard().get(bucket);
                BigDecimal tier = batch ? list.batch().get(bucket) : null;
                best = tier != null ? tier : standard != null ? standard : best;
            }
        }
        UsageBucket instead = FALLBACK.get(bucket);
        return best != null || instead == null ? best : price(lists, instead, prompt, batch);
    }

    private static Tariff tariff(List<PriceList> lists) {
        List<Level> levels = new ArrayList<>();
        for (PriceList list : lists) {
            Map<ServiceTier, Rates> rates = new EnumMap<>(ServiceTier.class);
            rates.put(ServiceTier.STANDARD, Rates.ofUsdPerMillionTokens(list.standard()));
            if (!list.batch().isEmpty()) {
                rates.put(ServiceTier.BATCH, Rates.ofUsdPerMillionTokens(list.batch()));
            }
            levels.add(new Level(list.above(), rates));
        }
        return new Tariff(levels);
    }

    private static List<PriceList> tariffs(Random random) {
        return List.of(
                new PriceList(-1, everyBucketOrNot(random), someBuckets(random)),
                new PriceList(128_000, someBuckets(random), someBuckets(random)),
                new PriceList(200_000, someBuckets(random), someBuckets(random)));
    }

    /** Mostly with the plain prices that any list has, so that most calls can be priced. */
    private static Map<UsageBucket, BigDecimal> everyBucketOrNot(Random random) {
        Map<UsageBucket, BigDecimal> prices = new HashMap<>(someBuckets(random));
        if (random.nextInt(10) > 0) {
            prices.put(UsageBucket.INPUT, usd(random));
            prices.put(UsageBucket.OUTPUT, usd(random));
        }
        return prices;
    }

    private static Map<UsageBucket, BigDecimal> someBuckets(Random random) {
        Map<UsageBucket, BigDecimal> prices = new HashMap<>();
        for (UsageBucket bucket : Trials.list(random, 5, any -> Trials.oneOf(any, UsageBucket.values()))) {
            prices.put(bucket, usd(random));
        }
        return prices;
    }

    private static BigDecimal usd(Random random) {
        int kind = random.nextInt(10);
        if (kind < 6) {
            return decimal(random, 600_000_000, 6);
        }
        if (kind < 8) {
            return decimal(random, 10_000_000, 12);
        }
        return kind == 8
                ? decimal(random, 1_000_000_000_000_000_000L, 12)
                : Trials.oneOf(random, new BigDecimal("0.0000005"), new BigDecimal("0.0000015"));
    }

    private static BigDecimal decimal(Random random, long most, int scale) {
        long unscaled = random.nextInt(20) == 0 ? Trials.oneOf(random, 0L, 1L, most) : Trials.between(random, 0, most);
        return BigDecimal.valueOf(unscaled, scale);
    }

    private static long[] usage(Random random) {
        boolean believable = random.nextInt(10) > 0;
        long[] tokens = new long[UsageBucket.COUNT];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = believable ? believable(random) : Trials.between(random, 0, TokenCount.MAX);
        }
        return tokens;
    }

    private static long believable(Random random) {
        int kind = random.nextInt(9);
        if (kind < 5) {
            return random.nextInt(50_001);
        }
        return kind < 8 ? 0 : Trials.oneOf(random, 128_000L, 128_001L, 200_000L, 200_001L, 1_000_000L);
    }
}
