package io.millrace.ingest.span;

/**
 * The sizes a span may have, and how many a request may bring.
 *
 * @param maxAttributeBytes a longer attribute or payload is cut and marked
 * @param maxFieldBytes a longer name, model, user, tag or other column of the fact is cut and marked
 * @param maxSpanBytes a span whose encoding is longer, after cutting, is refused
 * @param maxOriginBytes resource attributes beyond this many bytes of one resource are left out and marked
 * @param maxOriginsBytes the same for all resources of a request, each counted once for every scope it comes with
 * @param maxNesting how deep values may nest in lists and maps; bounded by what a Protobuf parser reads by default
 * @param maxTags how many tags a span keeps
 * @param maxNamedRefusals how many refused items of one request are remembered one by one; the rest are only counted
 * @param maxItems how many items one request may bring, be they taken or refused
 */
public record SpanLimits(
        int maxAttributeBytes,
        int maxFieldBytes,
        int maxSpanBytes,
        int maxOriginBytes,
        int maxOriginsBytes,
        int maxNesting,
        int maxTags,
        int maxNamedRefusals,
        int maxItems) {
    private static final int MIB = 1 << 20;

    public static final SpanLimits DEFAULT =
            new SpanLimits(MIB, 1024, 8 * MIB, MIB / 4, 16 * MIB, 30, 64, 1_000, 100_000);

    /**
     * @throws IllegalArgumentException when a limit is not positive, or the nesting is more than parsers read
     */
    public SpanLimits {
        if (maxAttributeBytes < 1
                || maxFieldBytes < 1
                || maxSpanBytes < 1
                || maxOriginBytes < 1
                || maxOriginsBytes < 1) {
            throw new IllegalArgumentException("limits in bytes are positive");
        }
        if (maxNesting < 1 || maxNesting > 30) {
            throw new IllegalArgumentException("nesting is from 1 to 30");
        }
        if (maxTags < 0 || maxNamedRefusals < 0) {
            throw new IllegalArgumentException("counts are not negative");
        }
        if (maxItems < 1) {
            throw new IllegalArgumentException("a request may bring an item");
        }
    }

    public SpanLimits withMaxItems(int other) {
        return new SpanLimits(
                maxAttributeBytes,
                maxFieldBytes,
                maxSpanBytes,
                maxOriginBytes,
                maxOriginsBytes,
                maxNesting,
                maxTags,
                maxNamedRefusals,
                other);
    }
}
