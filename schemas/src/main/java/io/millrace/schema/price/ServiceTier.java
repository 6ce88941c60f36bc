package io.millrace.schema.price;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How urgently a provider serves a call, which changes its prices. */
enum ServiceTier {
    STANDARD,
    BATCH,
    FLEX,
    PRIORITY;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in the catalogue and in price notes. */
    String label() {
        return label;
    }

    /** The tier that providers call {@code name}; null for one that has no prices of its own here. */
    static @Nullable ServiceTier of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "", "default", "standard", "auto", "on_demand" -> STANDARD;
            case "batch", "batches" -> BATCH;
            case "flex" -> FLEX;
            case "priority" -> PRIORITY;
            default -> null;
        };
    }
}
