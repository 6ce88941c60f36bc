package io.millrace.schema.usage;

import static io.millrace.schema.usage.ReportedCount.CACHE_READ;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE_1H;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE_5M;
import static io.millrace.schema.usage.ReportedCount.INPUT;
import static io.millrace.schema.usage.ReportedCount.INPUT_AUDIO;
import static io.millrace.schema.usage.ReportedCount.INPUT_IMAGE;
import static io.millrace.schema.usage.ReportedCount.OUTPUT;
import static io.millrace.schema.usage.ReportedCount.OUTPUT_AUDIO;
import static io.millrace.schema.usage.ReportedCount.REASONING;
import static io.millrace.schema.usage.ReportedCount.TOTAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The calls are those of the recorded clients: OpenAI 120 in (64 cached), 42 out (16 reasoning); Anthropic 152 in. */
final class ReportedUsageTest {
    private static final Map<String, Long> OPENAI =
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L);
    private static final Map<String, Long> ANTHROPIC =
            Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L);

    private final ReportedUsage reported = new ReportedUsage();

    @Test
    void inclusiveCountsAreTakenApart() {
        reported.set(INPUT, 120).set(CACHE_READ, 64).set(OUTPUT, 42).set(REASONING, 16);

        assertUsage(reported.inclusive(), OPENAI);
    }

    @Test
    void aMatchingTotalChangesNothing() {
        reported.set(INPUT, 120)
                .set(CACHE_READ, 64)
                .set(OUTPUT, 42)
                .set(REASONING, 16)
                .set(TOTAL, 162);

        assertUsage(reported.inclusive(), OPENAI);
    }

    @Test
    void anEmbeddingHasInputOnly() {
        reported.set(INPUT, 8);

        assertUsage(reported.inclusive(), Map.of("input", 8L));
    }

    @Test
    void inclusiveInputContainsCacheWrites() {
        reported.set(INPUT, 152).set(CACHE_READ, 64).set(CACHE_WRITE, 32).set(OUTPUT, 42);

        assertUsage(reported.inclusive(), ANTHROPIC);
    }

    @Test
    void aCacheWriteAndItsTermsAreOneWrite() {
        reported.set(INPUT, 152).set(CACHE_READ, 64).set(CACHE_WRITE, 32).set(CACHE_WRITE_5M, 32);
        reported.set(CACHE_WRITE_1H, 0).set(OUTPUT, 42);

        assertUsage(reported.inclusive(), ANTHROPIC);
    }

    /** As LangChain reports Anthropic's, so that nobody counts them twice. */
    @Test
    void aWriteOfNothingBesideItsTermsContradictsNothing() {
        reported.set(INPUT, 152).set(CACHE_READ, 64).set(CACHE_WRITE, 0).set(CACHE_WRITE_5M, 32);
        reported.set(CACHE_WRITE_1H, 0).set(OUTPUT, 42);

        assertUsage(reported.inclusive(), ANTHROPIC);
    }

    @Test
    void theRestOfAWriteWithoutATermIsFiveMinutes() {
        reported.set(INPUT, 100).set(CACHE_WRITE, 50).set(CACHE_WRITE_1H, 20);

        assertUsage(
                reported.inclusive(), Map.of("input", 50L, "input_cache_write_5m", 30L, "input_cache_write_1h", 20L));
    }

    @Test
    void fewerInputThanCachedTokensAreExclusive() {
        // Traceloop's Anthropic instrumentation: the API's exclusive 56 beside 32 written and 64 read, total 98.
        reported.set(INPUT, 56)
                .set(CACHE_READ, 64)
                .set(CACHE_WRITE, 32)
                .set(OUTPUT, 42)
                .set(TOTAL, 98);

        assertUsage(reported.inclusive(), ANTHROPIC);
    }

    @Test
    void theSameWithoutATotalIsExclusiveToo() {
        reported.set(INPUT, 56).set(CACHE_READ, 64).set(CACHE_WRITE, 32).set(OUTPUT, 42);

        assertUsage(reported.inclusive(), ANTHROPIC);
    }

    @Test
    void aTotalThatCountsTheCacheBesideInputProvesExclusiveInput() {
        reported.set(INPUT, 500).set(CACHE_READ, 64).set(OUTPUT, 42).set(TOTAL, 606);

        assertUsage(reported.inclusive(), Map.of("input", 500L, "input_cache_read", 64L, "output", 42L));
    }

    @Test
    void declaredExclusiveCountsAreTakenAsGiven() {
        reported.set(INPUT, 500)
                .set(CACHE_READ, 64)
                .set(OUTPUT, 26)
                .set(REASONING, 16)
                .set(TOTAL, 606);

        assertUsage(
                reported.exclusive(),
                Map.of("input", 500L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L));
    }

    @Test
    void aTotalThatCountsReasoningBesideOutputProvesIt() {
        // xAI: 120 completion tokens without the 85 of reasoning; 5 of 50 prompt tokens cached.
        reported.set(INPUT, 50)
                .set(CACHE_READ, 5)
                .set(OUTPUT, 120)
                .set(REASONING, 85)
                .set(TOTAL, 255);

        assertUsage(
                reported.inclusive(),
                Map.of("input", 45L, "input_cache_read", 5L, "output", 120L, "output_reasoning", 85L));
    }

    @Test
    void reasoningBesideOutputLeavesAudioInside() {
        // Vertex through the OpenAI format: 50 completion tokens with 5 of audio, 20 of reasoning beside them.
        reported.set(INPUT, 100)
                .set(OUTPUT, 50)
                .set(REASONING, 20)
                .set(OUTPUT_AUDIO, 5)
                .set(TOTAL, 170);

        assertUsage(
                reported.inclusive(),
                Map.of("input", 100L, "output", 45L, "output_reasoning", 20L, "output_audio", 5L));
    }

    @Test
    void audioAndImagesAreTakenOutOfTheirSide() {
        reported.set(INPUT, 100).set(CACHE_READ, 10).set(INPUT_AUDIO, 30).set(INPUT_IMAGE, 20);
        reported.set(OUTPUT, 50).set(OUTPUT_AUDIO, 15);

        assertUsage(
                reported.inclusive(),
                Map.of(
                        "input", 40L,
                        "input_cache_read", 10L,
                        "input_audio", 30L,
                        "input_image", 20L,
                        "output", 35L,
                        "output_audio", 15L));
    }

    @Test
    void nothingReportedIsNoUsage() {
        reported.set(INPUT, TokenCount.ABSENT);

        assertThat(reported.inclusive()).isEqualTo(new NormalisedUsage(null, false));
        assertThat(reported.exclusive()).isEqualTo(new NormalisedUsage(null, false));
    }

    @Test
    void reportedZerosAreUsage() {
        reported.set(INPUT, 0).set(OUTPUT, 0);

        assertUsage(reported.inclusive(), Map.of());
        assertThat(reported.has(INPUT)).isTrue();
        assertThat(reported.has(TOTAL)).isFalse();
    }

    @Test
    void aCountThatIsNoneMakesUsageSuspectAndIsNotTaken() {
        reported.set(INPUT, TokenCount.UNUSABLE).set(OUTPUT, 42);

        assertSuspect(reported.inclusive(), Map.of("output", 42L));
    }

    @Test
    void onlyUnusableCountsAreNoUsage() {
        reported.set(INPUT, TokenCount.UNUSABLE);

        assertThat(reported.inclusive()).isEqualTo(new NormalisedUsage(null, true));
    }

    @Test
    void aTotalThatFitsNoReadingIsSuspect() {
        reported.set(INPUT, 100).set(OUTPUT, 20).set(TOTAL, 500);

        assertSuspect(reported.inclusive(), Map.of("input", 100L, "output", 20L));
    }

    @Test
    void moreReasoningThanOutputIsSuspectAndNeverNegative() {
        reported.set(INPUT, 10).set(OUTPUT, 20).set(REASONING, 30);

        assertSuspect(reported.inclusive(), Map.of("input", 10L, "output", 20L, "output_reasoning", 30L));
    }

    @Test
    void moreAudioThanInputIsSuspectAndNeverNegative() {
        reported.set(INPUT, 10).set(INPUT_AUDIO, 30);

        assertSuspect(reported.inclusive(), Map.of("input_audio", 10L));
    }

    @Test
    void termsThatExceedTheWriteAreSuspect() {
        reported.set(INPUT, 100).set(CACHE_WRITE, 10).set(CACHE_WRITE_1H, 40);

        assertSuspect(reported.inclusive(), Map.of("input", 60L, "input_cache_write_1h", 40L));
    }

    @Test
    void inputIsTheRestOfATotal() {
        reported.set(OUTPUT, 42).set(TOTAL, 162);

        assertUsage(reported.inclusive(), Map.of("input", 120L, "output", 42L));
    }

    @Test
    void aTotalAloneIsSuspectInput() {
        reported.set(TOTAL, 8);

        assertSuspect(reported.inclusive(), Map.of("input", 8L));
        assertSuspect(reported.exclusive(), Map.of("input", 8L));
    }

    @Test
    void clearingForgetsCountsAndSuspicion() {
        reported.set(INPUT, 120).set(OUTPUT, TokenCount.UNUSABLE);

        reported.clear();

        assertThat(reported.inclusive()).isEqualTo(new NormalisedUsage(null, false));
    }

    private static void assertUsage(NormalisedUsage actual, Map<String, Long> buckets) {
        assertThat(actual.usage().byLabel()).isEqualTo(buckets);
        assertThat(actual.suspect()).isFalse();
    }

    private static void assertSuspect(NormalisedUsage actual, Map<String, Long> buckets) {
        assertThat(actual.usage().byLabel()).isEqualTo(buckets);
        assertThat(actual.suspect()).isTrue();
    }
}
