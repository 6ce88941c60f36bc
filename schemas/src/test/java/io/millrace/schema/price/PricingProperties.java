package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;

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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

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

    @Property(tries = 2000)
    void costsAreThoseOfExactArithmetic(
            @ForAll("tariffs") List<PriceList> lists, @ForAll("usages") long[] tokens, @ForAll boolean batch) {
        Usage usage = Usage.of(tokens);
        Tariff tariff = tariff(lists);

        long pico = tariff.card(batch ? ServiceTier.BATCH : ServiceTier.STANDARD, tariff.level(usage.inputTokens()))
                .picoUsd(usage);

        assertThat(pico).isEqualTo(expected(lists, tokens, batch));
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

    @Provide
    Arbitrary<List<PriceList>> tariffs() {
        Arbitrary<Map<UsageBucket, BigDecimal>> some = someBuckets();
        return Combinators.combine(everyBucketOrNot(), some, some, some, some, some)
                .as((base, baseBatch, low, lowBatch, high, highBatch) -> List.of(
                        new PriceList(-1, base, baseBatch),
                        new PriceList(128_000, low, lowBatch),
                        new PriceList(200_000, high, highBatch)));
    }

    /** Mostly with the plain prices that any list has, so that most calls can be priced. */
    private static Arbitrary<Map<UsageBucket, BigDecimal>> everyBucketOrNot() {
        return Combinators.combine(
                        someBuckets(), usd(), usd(), Arbitraries.integers().between(0, 9))
                .as((buckets, input, output, luck) -> {
                    Map<UsageBucket, BigDecimal> prices = new HashMap<>(buckets);
                    if (luck > 0) {
                        prices.put(UsageBucket.INPUT, input);
                        prices.put(UsageBucket.OUTPUT, output);
                    }
                    return prices;
                });
    }

    private static Arbitrary<Map<UsageBucket, BigDecimal>> someBuckets() {
        return Arbitraries.maps(Arbitraries.of(UsageBucket.class), usd()).ofMaxSize(5);
    }

    private static Arbitrary<BigDecimal> usd() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, decimals("600", 6)),
                Tuple.of(2, decimals("0.00001", 12)),
                Tuple.of(1, decimals("1000000", 12)),
                Tuple.of(1, Arbitraries.of(new BigDecimal("0.0000005"), new BigDecimal("0.0000015"))));
    }

    private static Arbitrary<BigDecimal> decimals(String max, int scale) {
        return Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, new BigDecimal(max))
                .ofScale(scale);
    }

    @Provide
    Arbitrary<long[]> usages() {
        Arbitrary<Long> believable = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.longs().between(0, 50_000)),
                Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(1, Arbitraries.of(128_000L, 128_001L, 200_000L, 200_001L, 1_000_000L)));
        Arbitrary<Long> any = Arbitraries.longs().between(0, TokenCount.MAX);
        return Arbitraries.frequencyOf(
                Tuple.of(9, believable.array(long[].class).ofSize(UsageBucket.COUNT)),
                Tuple.of(1, any.array(long[].class).ofSize(UsageBucket.COUNT)));
    }
}
