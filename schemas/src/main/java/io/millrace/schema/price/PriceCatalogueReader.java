package io.millrace.schema.price;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.schema.price.PriceEntry.PricedUnit;
import io.millrace.schema.price.Tariff.Level;
import io.millrace.schema.usage.UsageBucket;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the catalogue's JSON, strictly: a field or bucket it does not know is refused, so that no price is lost to a
 * slip of the pen. Prices are decimal strings, never binary floating point. The format is described beside the shipped
 * catalogue.
 */
final class PriceCatalogueReader {
    private static final Set<String> ROOT = Set.of("version", "source", "providers", "prices");
    private static final Set<String> ENTRY = Set.of(
            "provider",
            "models",
            "from",
            "to",
            "per_million_tokens",
            "service_tiers",
            "above_prompt_tokens",
            "per_unit");
    private static final Set<String> LEVEL = Set.of("threshold", "per_million_tokens", "service_tiers");

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    PriceCatalogue read(InputStream json) throws IOException {
        JsonNode root = mapper.readTree(json);
        knownFields(root, ROOT);
        Map<String, String> providers = providers(root.path("providers"));
        List<PriceEntry> entries = new ArrayList<>();
        for (JsonNode entry : root.path("prices")) {
            try {
                entries.add(entry(entry));
            } catch (IllegalArgumentException | DateTimeException wrong) {
                throw new IllegalArgumentException(
                        "price of " + entry.path("models") + ": " + wrong.getMessage(), wrong);
            }
        }
        return new PriceCatalogue(text(root, "version"), providers, entries);
    }

    private static Map<String, String> providers(JsonNode node) {
        Map<String, String> providers = new HashMap<>();
        node.properties().forEach(provider -> {
            name(providers, provider.getKey(), provider.getKey());
            provider.getValue().forEach(alias -> name(providers, alias.asText(), provider.getKey()));
        });
        return providers;
    }

    private static void name(Map<String, String> providers, String name, String provider) {
        if (!name.equals(name.toLowerCase(Locale.ROOT)) || providers.put(name, provider) != null) {
            throw new IllegalArgumentException("provider name not unique and lower case: " + name);
        }
    }

    private static PriceEntry entry(JsonNode node) {
        knownFields(node, ENTRY);
        Instant from = node.has("from") ? Instant.parse(text(node, "from")) : Instant.MIN;
        Instant to = node.has("to") ? Instant.parse(text(node, "to")) : Instant.MAX;
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("ends before it begins");
        }
        return new PriceEntry(text(node, "provider"), models(node), from, to, new Tariff(levels(node)), units(node));
    }

    private static List<String> models(JsonNode node) {
        List<String> models = new ArrayList<>();
        node.path("models").forEach(model -> models.add(model.asText().toLowerCase(Locale.ROOT)));
        if (models.isEmpty() || models.contains("")) {
            throw new IllegalArgumentException("no model");
        }
        return List.copyOf(models);
    }

    private static List<Level> levels(JsonNode node) {
        List<Level> levels = new ArrayList<>();
        levels.add(new Level(-1, rates(node)));
        for (JsonNode above : node.path("above_prompt_tokens")) {
            knownFields(above, LEVEL);
            JsonNode threshold = above.path("threshold");
            Level last = levels.get(levels.size() - 1);
            if (!threshold.isIntegralNumber() || threshold.asLong() <= Math.max(0, last.above())) {
                throw new IllegalArgumentException("thresholds must be positive and ascend: " + threshold);
            }
            levels.add(new Level(threshold.asLong(), rates(above)));
        }
        return levels;
    }

    private static Map<ServiceTier, Rates> rates(JsonNode node) {
        Map<ServiceTier, Rates> rates = new EnumMap<>(ServiceTier.class);
        rates.put(ServiceTier.STANDARD, buckets(node.path("per_million_tokens")));
        node.path("service_tiers").properties().forEach(tier -> {
            ServiceTier known = labelled(ServiceTier.class, tier.getKey());
            if (rates.put(known, buckets(tier.getValue())) != null) {
                throw new IllegalArgumentException("the standard tier is per_million_tokens");
            }
        });
        return rates;
    }

    private static Rates buckets(JsonNode node) {
        Map<UsageBucket, BigDecimal> prices = new EnumMap<>(UsageBucket.class);
        node.properties()
                .forEach(price -> prices.put(labelled(UsageBucket.class, price.getKey()), decimal(price.getValue())));
        return Rates.ofUsdPerMillionTokens(prices);
    }

    private static Map<PricedUnit, BigDecimal> units(JsonNode node) {
        Map<PricedUnit, BigDecimal> units = new EnumMap<>(PricedUnit.class);
        node.path("per_unit").properties().forEach(price -> {
            BigDecimal usd = decimal(price.getValue());
            if (usd.signum() < 0) {
                throw new IllegalArgumentException("negative price of " + price.getKey());
            }
            units.put(labelled(PricedUnit.class, price.getKey()), usd);
        });
        return units;
    }

    private static <E extends Enum<E>> E labelled(Class<E> type, String label) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(label)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("unknown " + type.getSimpleName() + " " + label);
    }

    private static BigDecimal decimal(JsonNode node) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException("a price must be a decimal string: " + node);
        }
        return new BigDecimal(node.asText());
    }

    private static String text(JsonNode node, String field) {
        String text = node.path(field).asText();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("no " + field);
        }
        return text;
    }

    private static void knownFields(JsonNode node, Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw new IllegalArgumentException("unknown field " + field);
            }
        });
    }
}
