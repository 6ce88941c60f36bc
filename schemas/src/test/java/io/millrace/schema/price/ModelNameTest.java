package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelNameTest {
    private static final Map<String, String> PROVIDERS =
            Map.of("openai", "openai", "anthropic", "anthropic", "mistral", "mistral_ai", "fireworks", "fireworks_ai");

    @ParameterizedTest
    @CsvSource({
        "gpt-4.1, gpt-4.1",
        "ft:gpt-4.1:acme::1, ft:gpt-4.1:acme::1",
        "openai:gpt-4.1, 'openai:gpt-4.1 > openai gpt-4.1'",
        "mistral/Mistral-Large, 'mistral/mistral-large > mistral_ai mistral-large'",
        "accounts/fireworks/models/llama, 'accounts/fireworks/models/llama > fireworks/models/llama > fireworks_ai models/llama > fireworks_ai llama'",
        "us.anthropic.claude-3-v1:0, 'us.anthropic.claude-3-v1:0 > anthropic.claude-3-v1:0 > anthropic claude-3-v1:0'",
        "us.meta.llama3, 'us.meta.llama3 > meta.llama3'",
        "openai/, openai/"
    })
    void prefixesAreTakenOffOneByOne(String model, String expected) {
        assertThat(ModelName.withoutPrefixes(model, PROVIDERS))
                .extracting(name -> (name.provider() == null ? "" : name.provider() + " ") + name.name())
                .containsExactly(expected.split(" > "));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-2024-07-18, gpt-4o",
        "claude-sonnet-4-20250514, claude-sonnet-4",
        "claude-sonnet-4@20250514, claude-sonnet-4",
        "claude-sonnet-4@default, claude-sonnet-4",
        "gpt-5-chat-latest, gpt-5-chat",
        "claude-4-20250514-v1:0, 'claude-4-20250514 > claude-4'",
        // versions that are no dates stay: another version may have another price
        "gpt-4-0613, ''",
        "mistral-large-2411, ''",
        "deepseek-v3, ''",
        "model-10000000, ''",
        "latest, ''"
    })
    void datesAreTakenOffOneByOne(String model, String expected) {
        assertThat(String.join(
                        " > ",
                        new ModelName(model, null)
                                .withoutDates().stream().map(ModelName::name).toList()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "ft:gpt-4o:acme, ft:gpt-4o:*, true",
        "ft:gpt-4o:, ft:gpt-4o:*, true",
        "ft:gpt-4o, ft:gpt-4o:*, false",
        "my-llama-70b, *llama*70b, true",
        "llama70b, *llama*70b, true",
        "llama-8b, *llama*70b, false",
        "aba, ab*ba, false",
        "abba, ab*ba, true",
        "axbxc, a*b*c, true",
        "axc, a*b*c, false",
        "anything, *, true"
    })
    void patternsCoverTheWholeName(String model, String pattern, boolean matches) {
        assertThat(new ModelName(model, null).matches(pattern)).isEqualTo(matches);
    }
}
