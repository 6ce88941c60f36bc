package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PriceCatalogueReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': 2} | decimal string",
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'inputs': '2'} | unknown UsageBucket inputs",
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': '-2'} | out of range",
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': '1000001'} | out of range",
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': '0.0000000000001'} | 12 places",
                "'provider': 'openai', 'models': ['m'], 'per_million_tokens': {'input': 'two'} | price of",
                "'provider': 'openai', 'models': ['m'], 'price': {} | unknown field price",
                "'provider': 'openai', 'models': [] | no model",
                "'provider': 'openai' | no model",
                "'models': ['m'] | no provider",
                "'provider': 'nobody', 'models': ['m'] | unknown provider nobody",
                "'provider': 'oai', 'models': ['m'] | unknown provider oai",
                "'provider': 'openai', 'models': ['m'], 'from': 'yesterday' | yesterday",
                "'provider': 'openai', 'models': ['m'], 'from': '2026-01-01T00:00:00Z', 'to': '2026-01-01T00:00:00Z' | ends before",
                "'provider': 'openai', 'models': ['m'], 'service_tiers': {'slow': {}} | unknown ServiceTier slow",
                "'provider': 'openai', 'models': ['m'], 'service_tiers': {'standard': {}} | standard tier",
                "'provider': 'openai', 'models': ['m'], 'above_prompt_tokens': [{'threshold': 0}] | ascend",
                "'provider': 'openai', 'models': ['m'], 'above_prompt_tokens': [{'threshold': 9}, {'threshold': 9}] | ascend",
                "'provider': 'openai', 'models': ['m'], 'above_prompt_tokens': [{'threshold': '9'}] | ascend",
                "'provider': 'openai', 'models': ['m'], 'per_unit': {'search': '-1'} | negative",
                "'provider': 'openai', 'models': ['m'], 'per_unit': {'hug': '1'} | unknown PricedUnit hug"
            })
    void aWrongEntryIsRefusedWithTheReason(String entry, String reason) {
        assertThatThrownBy(() -> Catalogues.of("{" + entry + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void twoPricesAtOneTimeAreRefused() {
        String from2026 = "{'provider': 'openai', 'models': ['a', 'm'], 'from': '2026-01-01T00:00:00Z'},";

        assertThatThrownBy(() -> Catalogues.of(
                        from2026 + "{'provider': 'openai', 'models': ['M'], 'to': '2026-01-01T00:00:00.000000001Z'}"))
                .hasMessage("two prices at one time for openai/m");
        assertThatThrownBy(() -> Catalogues.of("{'provider': 'openai', 'models': ['m', 'm']}"))
                .hasMessage("two prices at one time for openai/m");
        assertThatCode(() -> Catalogues.of(
                        from2026 + "{'provider': 'openai', 'models': ['m'], 'to': '2026-01-01T00:00:00Z'}"))
                .doesNotThrowAnyException();
        assertThatCode(() -> Catalogues.of(from2026 + "{'provider': 'groq', 'models': ['m']}"))
                .doesNotThrowAnyException();
    }

    @Test
    void unitPricesAreKept() {
        PriceCatalogue catalogue =
                Catalogues.of("{'provider': 'openai', 'models': ['m'], 'per_unit': {'search': '0.025'}}");

        assertThat(catalogue.entries().get(0).usdPerUnit())
                .isEqualTo(Map.of(PriceEntry.PricedUnit.SEARCH, new BigDecimal("0.025")));
    }
}
