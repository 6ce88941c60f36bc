package io.millrace.schema.price;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schema.price.Tariff.Level;
import io.millrace.schema.usage.UsageBucket;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the rates of the public cost vectors: dollars per token, thresholds and service tiers in the names. */
final class VectorRates {
    private static final Pattern THRESHOLD = Pattern.compile("(\\w+?)_above_(\\d+)k(_priority)?");
    private static final Map<String, String> NAMES = Map.of(
            "cache_read", "input_cache_read",
            "cache_write", "input_cache_write_5m",
            "cache_write_5m", "input_cache_write_5m",
            "cache_write_1h", "input_cache_write_1h",
            "reasoning", "output_reasoning",
            "image_output", "output_image");

    private VectorRates() {}

    static List<Level> levels(JsonNode rates) {
        TreeMap<Long, Map<ServiceTier, Map<UsageBucket, BigDecimal>>> prices = new TreeMap<>();
        standard(prices, -1L);
        rates.properties().forEach(rate -> {
            Matcher above = THRESHOLD.matcher(rate.getKey());
            if (above.matches()) {
                long threshold = Long.parseLong(above.group(2)) * 1000;
                standard(prices, threshold);
                prices.get(threshold)
                        .computeIfAbsent(
                                above.group(3) == null ? ServiceTier.STANDARD : ServiceTier.PRIORITY,
                                t -> new EnumMap<>(UsageBucket.class))
                        .put(bucket(above.group(1)), perMillion(rate.getValue()));
            } else if (rate.getKey().equals("tiers")) {
                rate.getValue().forEach(tier -> {
                    long from = tier.path("from").asLong();
                    put(standard(prices, from == 0 ? -1 : from), tier, rates);
                });
            }
        });
        if (!rates.has("tiers")) {
            put(prices.get(-1L).get(ServiceTier.STANDARD), rates, rates);
        }
        return prices.entrySet().stream()
                .map(level -> new Level(level.getKey(), rates(level.getValue())))
                .toList();
    }

    private static Map<UsageBucket, BigDecimal> standard(
            TreeMap<Long, Map<ServiceTier, Map<UsageBucket, BigDecimal>>> prices, long above) {
        return prices.computeIfAbsent(above, a -> new EnumMap<>(ServiceTier.class))
                .computeIfAbsent(ServiceTier.STANDARD, t -> new EnumMap<>(UsageBucket.class));
    }

    /** The prices that {@code list} names, and those that {@code rates} gives as multiples of its input. */
    private static void put(Map<UsageBucket, BigDecimal> prices, JsonNode list, JsonNode rates) {
        list.properties().forEach(rate -> {
            String name = rate.getKey();
            if (!name.equals("from") && !name.equals("tiers") && !name.endsWith("_mult") && !name.contains("_above_")) {
                prices.put(bucket(name), perMillion(rate.getValue()));
            }
        });
        rates.properties().forEach(rate -> {
            if (rate.getKey().endsWith("_mult")) {
                prices.put(
                        bucket(rate.getKey().replace("_mult", "")),
                        prices.get(UsageBucket.INPUT).multiply(rate.getValue().decimalValue()));
            }
        });
    }

    private static Map<ServiceTier, Rates> rates(Map<ServiceTier, Map<UsageBucket, BigDecimal>> prices) {
        Map<ServiceTier, Rates> rates = new EnumMap<>(ServiceTier.class);
        prices.forEach((tier, buckets) -> rates.put(tier, Rates.ofUsdPerMillionTokens(buckets)));
        return rates;
    }

    private static BigDecimal perMillion(JsonNode perToken) {
        BigDecimal usd = perToken.isTextual() ? symbol(perToken.asText()) : perToken.decimalValue();
        return usd.movePointRight(6);
    }

    static UsageBucket bucket(String name) {
        return UsageBucket.valueOf(NAMES.getOrDefault(name, name).toUpperCase(Locale.ROOT));
    }

    /** Any prices do where a vector is a formula. */
    static BigDecimal symbol(String name) {
        return new BigDecimal(
                switch (name) {
                    case "i" -> "0.000001";
                    case "o" -> "0.000002";
                    default -> "0.000005";
                });
    }
}
