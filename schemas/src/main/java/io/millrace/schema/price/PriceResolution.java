package io.millrace.schema.price;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the entries that a client's name for a model may mean, best first. Immutable and slow; ask once per name. */
final class PriceResolution {
    private record Listed(String name, PriceEntry entry) {}

    private final Map<String, String> providers;
    private final Map<String, List<Listed>> byName = new HashMap<>();
    private final List<Listed> patterns = new ArrayList<>();

    PriceResolution(PriceCatalogue catalogue) {
        this.providers = catalogue.providers();
        for (PriceEntry entry : catalogue.entries()) {
            for (String name : entry.models()) {
                Listed listed = new Listed(name, entry);
                (name.contains("*") ? patterns : byName.computeIfAbsent(name, n -> new ArrayList<>())).add(listed);
            }
        }
    }

    /**
     * Every entry that fits, in the order of preference; of each only the first way in which it does.
     *
     * @param provider any of its names; empty when unknown
     */
    List<PriceMatch> matches(String provider, String model) {
        return new Search(providers.get(provider.toLowerCase(Locale.ROOT))).matches(model);
    }

    /** One search; keeps what it found in order. */
    private final class Search {
        private final @Nullable String provider;
        private final Map<PriceEntry, Boolean> seen = new IdentityHashMap<>();
        private final List<PriceMatch> found = new ArrayList<>();

        Search(@Nullable String provider) {
            this.provider = provider;
        }

        List<PriceMatch> matches(String model) {
            List<ModelName> names = ModelName.withoutPrefixes(model, providers);
            addOf(provider, listed(names.get(0)), "exact");
            add(listed(names.get(0)), "model");
            for (ModelName name : names.subList(1, names.size())) {
                addByProvider(name, listed(name), "prefix");
            }
            for (ModelName name : names) {
                for (ModelName undated : name.withoutDates()) {
                    addByProvider(undated, listed(undated), "date");
                }
            }
            for (ModelName name : names) {
                addByProvider(
                        name,
                        patterns.stream().filter(p -> name.matches(p.name())).toList(),
                        "pattern");
            }
            return List.copyOf(found);
        }

        /** Whom the model's prefix names, then whom the client names, then anyone. */
        private void addByProvider(ModelName name, List<Listed> listed, String step) {
            addOf(name.provider(), listed, step);
            addOf(provider, listed, step);
            add(listed, step);
        }

        private void addOf(@Nullable String who, List<Listed> listed, String step) {
            add(
                    listed.stream()
                            .filter(one -> one.entry().provider().equals(who))
                            .toList(),
                    step);
        }

        private void add(List<Listed> listed, String step) {
            for (Listed one : listed) {
                if (seen.put(one.entry(), true) == null) {
                    String name = " " + one.entry().provider() + "/" + one.name();
                    found.add(new PriceMatch(one.entry(), step.equals("exact") ? step : step + name));
                }
            }
        }

        private List<Listed> listed(ModelName name) {
            return byName.getOrDefault(name.name(), List.of());
        }
    }
}
