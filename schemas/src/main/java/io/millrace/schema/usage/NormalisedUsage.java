package io.millrace.schema.usage;

import org.jspecify.annotations.Nullable;

/**
 * What a source's counts mean in disjoint buckets.
 *
 * @param usage null when the source gave no count that could be taken, which is not the same as zero tokens
 * @param suspect whether the source contradicts itself or said something that is no count
 */
public record NormalisedUsage(@Nullable Usage usage, boolean suspect) {
    /** A source that reported nothing. */
    static final NormalisedUsage NONE = new NormalisedUsage(null, false);
}
