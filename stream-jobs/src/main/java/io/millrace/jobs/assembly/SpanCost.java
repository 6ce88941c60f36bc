package io.millrace.jobs.assembly;

import org.jspecify.annotations.Nullable;

/**
 * What a span costs, in pico-dollars (1e-12 USD).
 *
 * @param pico the cost that counts: computed, or reported where the model has no price; null when unknown
 * @param reportedPico what the sender said; null when it said nothing
 * @param source {@code computed}, {@code reported}, or empty when unknown
 * @param version of the catalogue that was asked; empty when it was not
 * @param note how the price was found, or why there is none; may be empty
 */
public record SpanCost(@Nullable Long pico, @Nullable Long reportedPico, String source, String version, String note) {
    public static final SpanCost NONE = new SpanCost(null, null, "", "", "");
}
