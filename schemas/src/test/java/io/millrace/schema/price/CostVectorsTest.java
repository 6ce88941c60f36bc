package io.millrace.schema.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.schema.usage.NormalisedUsage;
import io.millrace.schema.usage.ReportedCount;
import io.millrace.schema.usage.ReportedUsage;
import io.millrace.schema.usage.TokenCount;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Prices and usages of public test suites (LiteLLM, Helicone), from the file {@code cost/cost_vectors.json} of the folder
 * that {@code MILLRACE_DATA} names. Figures there are binary doubles: equal means to a pico-dollar.
 */
final class CostVectorsTest {
    private static final BigDecimal PICO = new BigDecimal("1e-12");
    private static final Pattern TERM = Pattern.compile("(\\d+)\\*([ior])");

    /** Why a vector does not apply, by the beginning of its id. */
    private static final Map<String, String> SKIPPED = Map.of(
            "off-peak", "prices by the hour of the day are not part of the catalogue",
            "grok-web-search", "spans carry tokens only, no searches",
            "claude-sonnet-4-exact-boundary", "suites disagree; a prompt at the threshold stays below it",
            "xai", "only a total tells reasoning beside output, and the vector has none",
            "vertex", "only a total tells reasoning beside output, and the vector has none");

    @TestFactory
    Stream<DynamicTest> costs() throws IOException {
        return vectors("cost", "id")
                .map(v -> dynamicTest(v.path("id").asText(), () -> {
                    skipOutOfScope(v.path("id").asText());
                    assertCost(v);
                }));
    }

    @TestFactory
    Stream<DynamicTest> usages() throws IOException {
        return vectors("usage_normalisation", "provider")
                .map(v -> dynamicTest(v.path("provider").asText(), () -> {
                    skipOutOfScope(v.path("provider").asText());
                    Map<String, Long> expected = new TreeMap<>();
                    v.path("expected")
                            .properties()
                            .forEach(b -> expected.put(
                                    VectorRates.bucket(b.getKey()).label(),
                                    b.getValue().asLong()));

                    NormalisedUsage usage = providersUsage(v.path("body_usage"));

                    assertThat(usage.usage().byLabel()).isEqualTo(expected);
                    assertThat(usage.suspect()).isFalse();
                }));
    }

    private static Stream<JsonNode> vectors(String group, String name) throws IOException {
        String folder = System.getenv("MILLRACE_DATA");
        Path file = Path.of(folder == null ? "" : folder, "cost", "cost_vectors.json");
        if (folder == null || !Files.exists(file)) {
            String reason = "public cost vectors skipped: MILLRACE_DATA names no folder with cost/cost_vectors.json";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        JsonNode vectors = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .readTree(file.toFile())
                .path(group);
        assertThat(vectors).allMatch(vector -> vector.has(name));
        List<JsonNode> all = new ArrayList<>();
        vectors.forEach(all::add);
        return all.stream();
    }

    private static void skipOutOfScope(String id) {
        SKIPPED.forEach((start, reason) -> {
            if (id.startsWith(start)) {
                System.out.println("vector " + id + " skipped: " + reason);
                Assumptions.abort(reason);
            }
        });
    }

    private static void assertCost(JsonNode vector) {
        if (vector.path("rates").isNull()) {
            assertThat(new PriceBook(Catalogues.of(""))
                            .price("nobody", "nothing", usage(vector.path("usage")), "", Instant.EPOCH)
                            .picoUsd())
                    .isNull();
            return;
        }
        Tariff tariff = new Tariff(VectorRates.levels(vector.path("rates")));
        Usage usage = usage(vector.path("usage"));
        ServiceTier tier =
                ServiceTier.of(vector.path("usage").path("service_tier").asText());

        long pico = tariff.card(tier, tariff.level(usage.inputTokens())).picoUsd(usage);

        assertThat(BigDecimal.valueOf(pico, 12).subtract(expected(vector)).abs())
                .isLessThanOrEqualTo(PICO);
    }

    /** The expected total in dollars: given, or as the sum of the given parts. */
    private static BigDecimal expected(JsonNode vector) {
        JsonNode expected = vector.path("expected");
        if (expected.has("total")) {
            return expected.path("total").decimalValue();
        }
        JsonNode usage = vector.path("usage");
        BigDecimal sum = BigDecimal.ZERO;
        for (Map.Entry<String, JsonNode> part : expected.properties()) {
            String side = part.getKey().replace("_rate", "");
            if (part.getKey().endsWith("_formula")) {
                sum = sum.add(usage.path("prompt_tokens").decimalValue().multiply(VectorRates.symbol("i")))
                        .add(formula(part.getValue().asText()));
            } else if (part.getKey().endsWith("_rate")) {
                sum = sum.add(part.getValue().decimalValue().multiply(count(usage, side)));
            } else {
                sum = sum.add(part.getValue().decimalValue());
            }
        }
        boolean outputOnly = expected.has("output_rate") && !expected.has("input_rate");
        return outputOnly
                ? sum.add(vector.path("rates").path("input").decimalValue().multiply(count(usage, "input")))
                : sum;
    }

    private static BigDecimal count(JsonNode usage, String side) {
        return usage.path(side.equals("input") ? "prompt_tokens" : "completion_tokens")
                .decimalValue();
    }

    private static BigDecimal formula(String text) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Matcher term = TERM.matcher(text); term.find(); ) {
            sum = sum.add(new BigDecimal(term.group(1)).multiply(VectorRates.symbol(term.group(2))));
        }
        return sum;
    }

    /** Helicone's usages are disjoint, LiteLLM's ({@code prompt_tokens}) inclusive. */
    private static Usage usage(JsonNode usage) {
        boolean inclusive = usage.has("prompt_tokens") || usage.has("completion_tokens");
        if (inclusive) {
            ReportedUsage reported = new ReportedUsage();
            set(reported, ReportedCount.INPUT, usage.path("prompt_tokens"));
            set(reported, ReportedCount.CACHE_READ, usage.path("cached_tokens"));
            set(reported, ReportedCount.CACHE_WRITE, usage.path("cache_write_tokens"));
            set(reported, ReportedCount.OUTPUT, usage.path("completion_tokens"));
            set(reported, ReportedCount.REASONING, usage.path("reasoning_tokens"));
            set(reported, ReportedCount.OUTPUT_IMAGE, usage.path("image_tokens"));
            return reported.inclusive().usage();
        }
        long[] tokens = new long[UsageBucket.COUNT];
        usage.properties()
                .forEach(count -> tokens[VectorRates.bucket(count.getKey()).ordinal()] =
                        count.getValue().asLong());
        return Usage.of(tokens);
    }

    /** What a mapping of each provider's own answer does with it. */
    private static NormalisedUsage providersUsage(JsonNode body) {
        ReportedUsage reported = new ReportedUsage();
        if (body.has("input_tokens")) {
            set(reported, ReportedCount.INPUT, body.path("input_tokens"));
            set(reported, ReportedCount.OUTPUT, body.path("output_tokens"));
            set(reported, ReportedCount.CACHE_READ, body.path("cache_read_input_tokens"));
            set(
                    reported,
                    ReportedCount.CACHE_WRITE_5M,
                    body.path("cache_creation").path("ephemeral_5m_input_tokens"));
            return reported.exclusive();
        }
        if (body.has("prompt_cache_miss_tokens")) {
            long hit = body.path("prompt_cache_hit_tokens").asLong();
            reported.set(
                    ReportedCount.INPUT, body.path("prompt_cache_miss_tokens").asLong() + hit);
            reported.set(ReportedCount.CACHE_READ, hit);
        } else {
            set(reported, ReportedCount.INPUT, body.path("prompt_tokens"));
            set(
                    reported,
                    ReportedCount.CACHE_READ,
                    body.path("prompt_tokens_details").path("cached_tokens"));
        }
        set(reported, ReportedCount.OUTPUT, body.path("completion_tokens"));
        set(
                reported,
                ReportedCount.REASONING,
                body.path("completion_tokens_details").path("reasoning_tokens"));
        return reported.inclusive();
    }

    private static void set(ReportedUsage reported, ReportedCount count, JsonNode value) {
        reported.set(count, value.isNumber() ? TokenCount.of(value.asLong()) : TokenCount.ABSENT);
    }
}
