package io.millrace.bench.load;

/**
 * Numbers that look random and are a function of their arguments: the finalizer of SplitMix64 (Steele, Lea, Flood:
 * "Fast splittable pseudorandom number generators", 2014). It is a bijection, so different arguments of {@link #of}
 * give different numbers.
 */
public final class Mix {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mix() {}

    /** A number that differs for each value. */
    public static long of(long value) {
        long z = value + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A number that differs for each value with the same seed. */
    public static long of(long seed, long value) {
        return of(of(seed) ^ value);
    }

    /** A number from 0 up to, but not including, {@code bound}. */
    public static int below(long number, int bound) {
        return (int) Long.remainderUnsigned(number, bound);
    }
}
