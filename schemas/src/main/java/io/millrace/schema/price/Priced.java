package io.millrace.schema.price;

import org.jspecify.annotations.Nullable;

/**
 * What a call costs, or why that is unknown.
 *
 * @param picoUsd whole pico-dollars (1e-12 USD), never negative; null when unknown, which is never the same as zero
 * @param note how the price was found ({@code exact}, {@code model}, {@code prefix}, {@code date} or {@code pattern},
 *     with the entry's name and the tiers that applied), or else why there is none: {@code no_model}, {@code
 *     unknown_model}, {@code not_effective}, {@code no_price}, {@code too_large} or {@code negative_usage}
 * @param catalogueVersion the price list that was asked
 */
public record Priced(@Nullable Long picoUsd, String note, String catalogueVersion) {}
