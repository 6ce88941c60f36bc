package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.usage.Usage;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PriceBookTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Usage MILLION_IN = usage(1_000_000, 0);

    private static final PriceBook BOOK = new PriceBook(Catalogues.of("""
            {'provider': 'openai', 'models': ['gpt-4o'], 'per_million_tokens': {'input': '2', 'output': '8'}},
            {'provider': 'openai', 'models': ['gpt-4o-2024-05-13'], 'per_million_tokens': {'input': '5', 'output': '15'}},
            {'provider': 'openai', 'models': ['gpt-4.1'], 'per_million_tokens': {'input': '3'}},
            {'provider': 'openai', 'models': ['ft:gpt-4o:*'], 'per_million_tokens': {'input': '4'}},
            {'provider': 'anthropic', 'models': ['claude-sonnet-4'], 'per_million_tokens': {'input': '6'}},
            {'provider': 'openai', 'models': ['oss-20b'], 'per_million_tokens': {'input': '7'}},
            {'provider': 'groq', 'models': ['oss-20b', 'Meta-Llama/Llama-4'], 'per_million_tokens': {'input': '9'}}
            """));

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-4o, 2, exact",
        "oai, gpt-4o, 2, exact",
        "OpenAI, GPT-4o, 2, exact",
        "groq, oss-20b, 9, exact",
        "groq, meta-llama/llama-4, 9, exact",
        "azure.ai.openai, gpt-4o, 2, model openai/gpt-4o",
        ", gpt-4o, 2, model openai/gpt-4o",
        ", oss-20b, 7, model openai/oss-20b",
        "anthropic, gpt-4o, 2, model openai/gpt-4o",
        ", openai/gpt-4o, 2, prefix openai/gpt-4o",
        "openrouter, openai/gpt-4o, 2, prefix openai/gpt-4o",
        "openai, groq/oss-20b, 9, prefix groq/oss-20b",
        "groq, models/oss-20b, 9, prefix groq/oss-20b",
        ", groq/models/oss-20b, 9, prefix groq/oss-20b",
        ", openai:gpt-4.1, 3, prefix openai/gpt-4.1",
        ", publishers/anthropic/models/claude-sonnet-4, 6, prefix anthropic/claude-sonnet-4",
        "aws.bedrock, us.anthropic.claude-sonnet-4, 6, prefix anthropic/claude-sonnet-4",
        "openai, gpt-4o-2024-05-13, 5, exact",
        "openai, gpt-4o-2024-08-06, 2, date openai/gpt-4o",
        "openai, openai/gpt-4o-2024-05-13, 5, prefix openai/gpt-4o-2024-05-13",
        "anthropic, claude-sonnet-4-20250514, 6, date anthropic/claude-sonnet-4",
        "gcp.vertex_ai, claude-sonnet-4@20250514, 6, date anthropic/claude-sonnet-4",
        "gcp.vertex_ai, claude-sonnet-4@default, 6, date anthropic/claude-sonnet-4",
        "anthropic, claude-sonnet-4-latest, 6, date anthropic/claude-sonnet-4",
        "aws.bedrock, eu.anthropic.claude-sonnet-4-20250514-v1:0, 6, date anthropic/claude-sonnet-4",
        "openai, gpt-4o-2024-05-13-latest, 5, date openai/gpt-4o-2024-05-13",
        "openai, ft:gpt-4o:acme::x1, 4, pattern openai/ft:gpt-4o:*",
    })
    void aModelIsFoundStepByStep(String provider, String model, String usdPerMillion, String note) {
        Priced priced = BOOK.price(provider, model, MILLION_IN, "", NOW);

        assertThat(priced.note()).isEqualTo(note);
        assertThat(priced.picoUsd()).isEqualTo(Long.parseLong(usdPerMillion) * 1_000_000_000_000L);
        assertThat(priced.catalogueVersion()).isEqualTo("test-1");
    }

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-9, unknown_model",
        "openai, gpt-4o-mini, unknown_model",
        "openai, gpt-4, unknown_model",
        ", openai/, unknown_model",
        ", /, unknown_model",
        ", '*', unknown_model",
        "openai, '', no_model"
    })
    void anUnknownModelHasNoPriceAndIsNotFree(String provider, String model, String note) {
        assertThat(BOOK.price(provider, model, Usage.ZERO, "", NOW)).isEqualTo(new Priced(null, note, "test-1"));
    }

    @Test
    void anEndlessNameIsNoModel() {
        String name = "openai/".repeat(40) + "gpt-4o";

        assertThat(BOOK.price("openai", name, MILLION_IN, "", NOW).note()).isEqualTo("unknown_model");
        assertThat(BOOK.price("x".repeat(300), "gpt-4o", MILLION_IN, "", NOW).note())
                .isEqualTo("unknown_model");
    }

    @Test
    void manyNamesDoNotWearItOut() {
        for (int i = 0; i < 20_000; i++) {
            assertThat(BOOK.price("openai", "made-up-" + i, MILLION_IN, "", NOW).picoUsd())
                    .isNull();
        }

        assertThat(BOOK.price("openai", "gpt-4o", MILLION_IN, "", NOW).note()).isEqualTo("exact");
    }

    @Test
    void noTokensOfAKnownModelCostNothing() {
        assertThat(BOOK.price("openai", "gpt-4o", Usage.ZERO, "", NOW).picoUsd())
                .isZero();
    }

    @Test
    void aBucketWithoutAnyPriceLeavesTheCallUnpriced() {
        assertThat(BOOK.price("openai", "gpt-4.1", usage(5, 1), "", NOW))
                .isEqualTo(new Priced(null, "no_price", "test-1"));
    }

    @Test
    void brokenCountsAreNotPriced() {
        assertThat(BOOK.price("openai", "gpt-4o", usage(-1, 100), "", NOW))
                .isEqualTo(new Priced(null, "negative_usage", "test-1"));
        assertThat(BOOK.price("openai", "gpt-4o", usage(1L << 53, 1L << 53), "", NOW))
                .isEqualTo(new Priced(null, "too_large", "test-1"));
        // 100,000 USD at 2 USD per million are 50e9 tokens
        assertThat(BOOK.price("openai", "gpt-4o", usage(50_000_000_000L, 0), "", NOW)
                        .picoUsd())
                .isEqualTo(100_000_000_000_000_000L);
        assertThat(BOOK.price("openai", "gpt-4o", usage(50_000_000_001L, 0), "", NOW)
                        .note())
                .isEqualTo("too_large");
    }

    @Test
    void aPriceHoldsFromItsStartUntilBeforeItsEnd() {
        PriceBook book = new PriceBook(Catalogues.of("""
                {'provider': 'openai', 'models': ['o3'], 'from': '2025-04-16T00:00:00Z', 'to': '2025-06-10T17:00:00Z',
                 'per_million_tokens': {'input': '10'}},
                {'provider': 'openai', 'models': ['o3'], 'from': '2025-06-10T17:00:00Z', 'to': '2026-01-01T00:00:00Z',
                 'per_million_tokens': {'input': '2'}}
                """));

        assertThat(priceAt(book, "2025-04-15T23:59:59.999999999Z").note()).isEqualTo("not_effective");
        assertThat(priceAt(book, "2025-04-16T00:00:00Z").picoUsd()).isEqualTo(10_000_000_000_000L);
        assertThat(priceAt(book, "2025-06-10T16:59:59.999999999Z").picoUsd()).isEqualTo(10_000_000_000_000L);
        assertThat(priceAt(book, "2025-06-10T17:00:00Z").picoUsd()).isEqualTo(2_000_000_000_000L);
        assertThat(priceAt(book, "2026-01-01T00:00:00Z")).isEqualTo(new Priced(null, "not_effective", "test-1"));
    }

    @Test
    void aNameWhosePriceHasEndedFallsToTheNextStep() {
        PriceBook book = new PriceBook(Catalogues.of("""
                {'provider': 'openai', 'models': ['gpt-4o-2024-08-06'], 'to': '2025-01-01T00:00:00Z',
                 'per_million_tokens': {'input': '3'}},
                {'provider': 'openai', 'models': ['gpt-4o'], 'per_million_tokens': {'input': '2'}}
                """));

        Priced before =
                book.price("openai", "gpt-4o-2024-08-06", MILLION_IN, "", Instant.parse("2024-12-31T00:00:00Z"));
        Priced after = book.price("openai", "gpt-4o-2024-08-06", MILLION_IN, "", NOW);

        assertThat(before).isEqualTo(new Priced(3_000_000_000_000L, "exact", "test-1"));
        assertThat(after).isEqualTo(new Priced(2_000_000_000_000L, "date openai/gpt-4o", "test-1"));
    }

    @ParameterizedTest
    @CsvSource({
        "200000, '', 400000, exact",
        "200001, '', 800004, 'exact, above 200000'",
        "100, batch, 100, 'exact, batch'",
        "100, BATCH, 100, 'exact, batch'",
        "200001, priority, 1200006, 'exact, above 200000, priority'",
        "200001, batch, 800004, 'exact, above 200000, batch'",
        "100, flex, 200, 'exact, no price for flex'",
        "100, scale, 200, 'exact, unknown service tier'",
        "100, default, 200, exact",
        "100, auto, 200, exact"
    })
    void contextAndServiceTiersApply(long input, String tier, long picoUsdByMillion, String note) {
        PriceBook book = new PriceBook(Catalogues.of("""
                {'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': '2'},
                 'service_tiers': {'batch': {'input': '1'}, 'priority': {'input': '3'}},
                 'above_prompt_tokens': [{'threshold': 200000, 'per_million_tokens': {'input': '4'},
                                          'service_tiers': {'priority': {'input': '6'}}}]}
                """));

        assertThat(book.price("openai", "m", usage(input, 0), tier, NOW))
                .isEqualTo(new Priced(picoUsdByMillion * 1_000_000L, note, "test-1"));
    }

    @Test
    void cachedTokensBelongToThePromptThatCrossesAThreshold() {
        PriceBook book = new PriceBook(Catalogues.of("""
                {'provider': 'anthropic', 'models': ['m'],
                 'per_million_tokens': {'input': '3', 'input_cache_read': '0.3', 'output': '15'},
                 'above_prompt_tokens': [{'threshold': 200000, 'per_million_tokens': {'input': '6', 'output': '22.5'}}]}
                """));
        Usage usage = Usage.of(new long[] {100_000, 100_001, 0, 0, 0, 0, 1_000});

        // 100,000 x 6 + 100,001 x 0.3 (the level lists no cached price) + 1,000 x 22.5, in micro-dollars
        assertThat(book.price("anthropic", "m", usage, "", NOW).picoUsd()).isEqualTo(652_500_300_000L);
    }

    @Test
    void missingBucketsCostWhatTheirSidesPlainTokensDo() {
        PriceBook book = new PriceBook(Catalogues.of("""
                {'provider': 'openai', 'models': ['plain'], 'per_million_tokens': {'input': '1', 'output': '10'}},
                {'provider': 'openai', 'models': ['writes'],
                 'per_million_tokens': {'input': '1', 'input_cache_write_5m': '2', 'output': '10'}}
                """));
        Usage usage = Usage.of(new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});

        assertThat(book.price("openai", "plain", usage, "", NOW).picoUsd()).isEqualTo(46_000_000);
        assertThat(book.price("openai", "writes", usage, "", NOW).picoUsd()).isEqualTo(48_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        // half a pico-dollar goes to the even neighbour, and the sum is rounded once
        "0.0000005, 1, 0",
        "0.0000005, 3, 2",
        "0.0000015, 1, 2",
        "0.0000025, 1, 2",
        "0.000000500001, 1, 1",
        "0.000000499999, 1, 0",
        "0.0000003, 5, 2",
        "0.0000001, 10000000000000, 1000000000000"
    })
    void roundingIsHalfEvenAndOnce(String usdPerMillion, long tokens, long picoUsd) {
        PriceBook book = new PriceBook(Catalogues.of(
                "{'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': '" + usdPerMillion + "'}}"));

        assertThat(book.price("openai", "m", usage(tokens, 0), "", NOW).picoUsd())
                .isEqualTo(picoUsd);
    }

    private static Priced priceAt(PriceBook book, String at) {
        return book.price("openai", "o3", MILLION_IN, "", Instant.parse(at));
    }

    private static Usage usage(long input, long output) {
        return Usage.of(new long[] {input, 0, 0, 0, 0, 0, output});
    }
}
