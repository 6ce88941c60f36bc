package io.millrace.schema.price;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A list of prices with its version. Immutable.
 *
 * @param version names the list in every span that it priced
 * @param providers the OpenTelemetry name of a provider by every name it goes by, that one included, in lower case
 * @param entries in order of precedence where several fit equally
 */
record PriceCatalogue(String version, Map<String, String> providers, List<PriceEntry> entries) {
    private static final String SHIPPED = "/prices/catalogue.json";

    /**
     * @throws IllegalArgumentException when an entry's provider is unknown, or two entries give one model two prices at
     *     one time
     */
    PriceCatalogue {
        providers = Map.copyOf(providers);
        entries = List.copyOf(entries);
        Map<String, List<PriceEntry>> byName = new HashMap<>();
        for (PriceEntry entry : entries) {
            if (!entry.provider().equals(providers.get(entry.provider()))) {
                throw new IllegalArgumentException("unknown provider " + entry.provider());
            }
            for (String model : entry.models()) {
                String name = entry.provider() + "/" + model;
                List<PriceEntry> others = byName.getOrDefault(name, List.of());
                if (others.stream().anyMatch(entry::overlaps)) {
                    throw new IllegalArgumentException("two prices at one time for " + name);
                }
                byName.merge(name, List.of(entry), PriceCatalogue::joined);
            }
        }
    }

    /** The list that comes with this build. */
    static PriceCatalogue shipped() {
        try (InputStream json = PriceCatalogue.class.getResourceAsStream(SHIPPED)) {
            if (json == null) {
                throw new IllegalStateException("the build lacks " + SHIPPED);
            }
            return read(json);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * @throws IllegalArgumentException naming the entry and what is wrong with it
     * @throws IOException when the stream breaks or is no JSON
     */
    static PriceCatalogue read(InputStream json) throws IOException {
        return new PriceCatalogueReader().read(json);
    }

    private static List<PriceEntry> joined(List<PriceEntry> some, List<PriceEntry> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}
