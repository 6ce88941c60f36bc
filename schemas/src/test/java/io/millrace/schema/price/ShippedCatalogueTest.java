package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list as shipped; expected figures are the providers' published prices. */
final class ShippedCatalogueTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final PriceCatalogue CATALOGUE = PriceCatalogue.shipped();
    private static final PriceBook BOOK = PriceBook.shipped();

    @Test
    void everyEntryHasAPriceAndNoneIsZero() {
        for (PriceEntry entry : CATALOGUE.entries()) {
            Rates standard = entry.tariff().levels().get(0).rates().get(ServiceTier.STANDARD);
            boolean byToken = standard.attoUsd(UsageBucket.INPUT) > 0;
            boolean byUnit = !entry.usdPerUnit().isEmpty();

            assertThat(byToken || byUnit).as("%s has a price", entry.models()).isTrue();
            assertThat(prices(entry)).as("prices of %s", entry.models()).doesNotContain(0L);
            assertThat(entry.usdPerUnit().values()).allMatch(usd -> usd.signum() > 0);
        }
    }

    @Test
    void noNameIsListedTwiceAtOneTime() {
        Set<String> names = new HashSet<>();

        assertThat(CATALOGUE.entries().stream()
                        .flatMap(entry -> entry.models().stream()
                                .map(model -> entry.provider() + "/" + model + " " + entry.from())))
                .allMatch(names::add);
    }

    @Test
    void pricesAreInTheOrderThatProvidersSetThem() {
        for (PriceEntry entry : CATALOGUE.entries()) {
            RateCard card = entry.tariff().card(ServiceTier.STANDARD, 0);
            if (cost(card, UsageBucket.INPUT) < 0) {
                continue;
            }
            assertThat(cost(card, UsageBucket.INPUT_CACHE_READ))
                    .as("cached input of %s", entry.models())
                    .isLessThanOrEqualTo(cost(card, UsageBucket.INPUT));
            assertThat(cost(card, UsageBucket.INPUT_CACHE_WRITE_5M))
                    .as("cache write of %s", entry.models())
                    .isGreaterThanOrEqualTo(cost(card, UsageBucket.INPUT))
                    .isLessThanOrEqualTo(cost(card, UsageBucket.INPUT_CACHE_WRITE_1H));
            assertLongPromptsCostMore(entry);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-4o, 2.5, 1.25, 10",
        "openai, gpt-4o-mini, 0.15, 0.075, 0.6",
        "openai, gpt-4o-mini-2024-07-18, 0.15, 0.075, 0.6",
        "openai, gpt-4.1, 2, 0.5, 8",
        "openai, gpt-4.1-mini, 0.4, 0.1, 1.6",
        "openai, gpt-4.1-nano, 0.1, 0.025, 0.4",
        "openai, gpt-5, 1.25, 0.125, 10",
        "openai, gpt-5-mini, 0.25, 0.025, 2",
        "openai, gpt-5-nano, 0.05, 0.005, 0.4",
        "openai, o3, 2, 0.5, 8",
        "openai, o4-mini, 1.1, 0.275, 4.4",
        "anthropic, claude-sonnet-4-5, 3, 0.3, 15",
        "anthropic, claude-sonnet-4-20250514, 3, 0.3, 15",
        "anthropic, claude-opus-4-1, 15, 1.5, 75",
        "anthropic, claude-haiku-4-5, 1, 0.1, 5",
        "anthropic, claude-3-5-sonnet-20241022, 3, 0.3, 15",
        "anthropic, claude-3-5-haiku-latest, 0.8, 0.08, 4",
        "gcp.gemini, gemini-2.5-pro, 1.25, 0.125, 10",
        "gemini, models/gemini-2.5-flash, 0.3, 0.03, 2.5",
        "gcp.vertex_ai, gemini-2.5-flash-lite, 0.1, 0.01, 0.4",
        "aws.bedrock, us.anthropic.claude-sonnet-4-5-20250929-v1:0, 3.3, 0.33, 16.5",
        "aws.bedrock, global.anthropic.claude-sonnet-4-5-20250929-v1:0, 3, 0.3, 15",
        "azure.ai.openai, gpt-4o, 2.5, 1.25, 10",
        "mistral_ai, mistral-large-2411, 2, 2, 6",
        "groq, llama-3.3-70b-versatile, 0.59, 0.59, 0.79",
        "together_ai, meta-llama/Llama-3.3-70B-Instruct-Turbo, 0.88, 0.88, 0.88",
        "cohere, command-r-08-2024, 0.15, 0.15, 0.6"
    })
    void knownModelsCostWhatTheirProvidersPublish(
            String provider, String model, BigDecimal input, BigDecimal cached, BigDecimal output) {
        assertThat(perMillion(provider, model, UsageBucket.INPUT)).isEqualByComparingTo(input);
        assertThat(perMillion(provider, model, UsageBucket.INPUT_CACHE_READ)).isEqualByComparingTo(cached);
        assertThat(perMillion(provider, model, UsageBucket.OUTPUT)).isEqualByComparingTo(output);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, text-embedding-3-small, 0.02",
        "openai, text-embedding-3-large, 0.13",
        "openai, text-embedding-ada-002, 0.1",
        "cohere, embed-v4.0, 0.12",
        "voyage_ai, voyage-3.5, 0.06",
        "gcp.gemini, gemini-embedding-001, 0.15"
    })
    void embeddingsHaveAPriceOfInputOnly(String provider, String model, BigDecimal input) {
        assertThat(perMillion(provider, model, UsageBucket.INPUT)).isEqualByComparingTo(input);
        assertThat(BOOK.price(provider, model, million(UsageBucket.OUTPUT), "", NOW)
                        .picoUsd())
                .isNull();
    }

    @Test
    void aRecordedCallCostsWhatItsTokensDo() {
        // 56 fresh at 0.15, 64 cached at 0.075 and 42 out at 0.60 USD per million
        Usage usage = Usage.of(new long[] {56, 64, 0, 0, 0, 0, 26, 16});

        assertThat(BOOK.price("openai", "gpt-4o-mini", usage, "", NOW))
                .isEqualTo(new Priced(38_400_000L, "exact", CATALOGUE.version()));
    }

    private static void assertLongPromptsCostMore(PriceEntry entry) {
        for (int level = 1; level < entry.tariff().levels().size(); level++) {
            RateCard lower = entry.tariff().card(ServiceTier.STANDARD, level - 1);
            RateCard higher = entry.tariff().card(ServiceTier.STANDARD, level);
            for (UsageBucket bucket : UsageBucket.values()) {
                assertThat(cost(higher, bucket))
                        .as("%s of long prompts of %s", bucket, entry.models())
                        .isGreaterThanOrEqualTo(cost(lower, bucket));
            }
        }
    }

    private static Stream<Long> prices(PriceEntry entry) {
        return entry.tariff().levels().stream()
                .flatMap(level -> level.rates().values().stream())
                .flatMap(rates -> Stream.of(UsageBucket.values()).map(rates::attoUsd));
    }

    private static long cost(RateCard card, UsageBucket bucket) {
        return card.picoUsd(million(bucket));
    }

    private static BigDecimal perMillion(String provider, String model, UsageBucket bucket) {
        // 100,000 tokens stay below every threshold
        long[] tokens = new long[UsageBucket.COUNT];
        tokens[bucket.ordinal()] = 100_000;
        return BigDecimal.valueOf(
                BOOK.price(provider, model, Usage.of(tokens), "", NOW).picoUsd(), 11);
    }

    private static Usage million(UsageBucket bucket) {
        long[] tokens = new long[UsageBucket.COUNT];
        tokens[bucket.ordinal()] = 1_000_000;
        return Usage.of(tokens);
    }
}
