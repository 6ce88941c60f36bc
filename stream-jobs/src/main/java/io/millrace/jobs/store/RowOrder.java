package io.millrace.jobs.store;

import java.util.UUID;

/** Comparisons as Postgres' indexes make them. */
final class RowOrder {
    private RowOrder() {}

    /** By bytes, unsigned; {@link UUID#compareTo} is signed. */
    static int compare(UUID one, UUID other) {
        int first = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return first != 0
                ? first
                : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    /** Whether the first revision is the newer one. */
    static boolean isNewer(int epoch, long revision, int otherEpoch, long otherRevision) {
        return epoch != otherEpoch ? epoch > otherEpoch : revision > otherRevision;
    }
}
