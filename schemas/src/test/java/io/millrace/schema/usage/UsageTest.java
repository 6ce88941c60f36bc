package io.millrace.schema.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.wire.UsageMessage;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UsageTest {
    private static final long[] TOKENS = {1, 20, 300, 4_000, 50_000, 600_000, 7, 80, 900, 1_000};

    @Test
    void sidesAreTheSumsOfTheirBuckets() {
        Usage usage = Usage.of(TOKENS);

        assertThat(usage.inputTokens()).isEqualTo(654_321);
        assertThat(usage.outputTokens()).isEqualTo(1_987);
    }

    @Test
    void eachFieldOfTheMessageIsItsBucket() {
        UsageMessage message = UsageMessage.newBuilder()
                .setInput(1)
                .setInputCacheRead(20)
                .setInputCacheWrite5M(300)
                .setInputCacheWrite1H(4_000)
                .setInputAudio(50_000)
                .setInputImage(600_000)
                .setOutput(7)
                .setOutputReasoning(80)
                .setOutputAudio(900)
                .setOutputImage(1_000)
                .build();

        assertThat(Usage.of(message)).isEqualTo(Usage.of(TOKENS));
        assertThat(Usage.of(TOKENS).toMessage()).isEqualTo(message);
    }

    @Test
    void bucketsAreFoundByNameAndShownByLabel() {
        Usage usage = Usage.of(TOKENS);

        assertThat(usage.get(UsageBucket.INPUT_CACHE_WRITE_1H)).isEqualTo(4_000);
        assertThat(usage.get(UsageBucket.OUTPUT_REASONING)).isEqualTo(80);
        assertThat(Usage.of(new long[] {5, 0, 0, 0, 0, 0, 6, 0, 0, 0}).byLabel())
                .isEqualTo(Map.of("input", 5L, "output", 6L));
    }

    @Test
    void aUsageKeepsItsOwnCounts() {
        long[] tokens = TOKENS.clone();
        Usage usage = Usage.of(tokens);

        tokens[0] = 99;

        assertThat(usage.get(UsageBucket.INPUT)).isEqualTo(1);
    }

    @Test
    void onlyNoTokensAreZero() {
        assertThat(Usage.ZERO.isZero()).isTrue();
        assertThat(Usage.of(TOKENS).isZero()).isFalse();
        assertThat(Usage.of(UsageMessage.getDefaultInstance())).isEqualTo(Usage.ZERO);
    }

    @Test
    void theOrderOfBucketsIsThatOfRows() {
        assertThat(UsageBucket.values())
                .extracting(UsageBucket::label)
                .containsExactly(
                        "input",
                        "input_cache_read",
                        "input_cache_write_5m",
                        "input_cache_write_1h",
                        "input_audio",
                        "input_image",
                        "output",
                        "output_reasoning",
                        "output_audio",
                        "output_image");
        assertThat(UsageBucket.INPUT_IMAGE.isInput()).isTrue();
        assertThat(UsageBucket.OUTPUT.isInput()).isFalse();
    }
}
