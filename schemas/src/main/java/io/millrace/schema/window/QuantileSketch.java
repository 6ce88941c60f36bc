package io.millrace.schema.window;

import java.util.Arrays;

/**
 * A DDSketch of non-negative values: any quantile within a relative error of 1 %, from a count per logarithmic bucket.
 *
 * <p>Counts are signed, so that what was added can be taken back, and a sketch may hold what is only to be taken back
 * from another. Merging adds bucket by bucket: any order and any grouping of the same additions gives the same content,
 * and equal content has equal bytes. Values below {@value #SMALLEST} count as zero, values above {@value #LARGEST} as the
 * highest bucket, which bounds a sketch to some 2,800 buckets.
 *
 * <p>Buckets are found with {@link StrictMath}: a value must be taken back from the very bucket that it was added to,
 * perhaps on another machine.
 *
 * <p>Source: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: A fast and fully-mergeable quantile sketch with relative-error
 * guarantees", PVLDB 12(12), 2019.
 *
 * <p>Not safe for use by several threads.
 */
public final class QuantileSketch {
    /** The encoding of a sketch without content. */
    public static final byte[] EMPTY = {};

    /** The promise: an estimate differs from the true quantile by at most this part of it. */
    public static final double RELATIVE_ERROR = 0.01;

    private static final double SMALLEST = 1e-9;
    private static final double LARGEST = 1e15;

    /** Just under the promise, so that rounding in the logarithm cannot break it. */
    private static final double ALPHA = 0.999 * RELATIVE_ERROR;

    private static final double LN_GAMMA = StrictMath.log((1 + ALPHA) / (1 - ALPHA));
    private static final double BUCKETS_PER_LN = 1 / LN_GAMMA;

    /** Key of the bucket of zeros. The others follow from 1 in the order of their values. */
    private static final int ZERO_KEY = 0;

    private static final int KEY_SHIFT = 1 - ceilLogGamma(SMALLEST);
    private static final int MAX_KEY = ceilLogGamma(LARGEST) + KEY_SHIFT;

    private static final int SLACK = 8;

    private static final byte FORMAT = 1;
    private static final int MAX_BUCKET_BYTES = 13;
    private static final int INLINE_BITS = 3;
    /** Counts from 1 to this are part of a bucket's first varint. */
    private static final int MAX_INLINE = (1 << INLINE_BITS) - 1;

    private static final long[] NO_BUCKETS = {};

    private long zeros;
    private long[] buckets = NO_BUCKETS;
    /** Key of {@code buckets[0]}. */
    private int firstKey;

    private long count;

    public QuantileSketch() {}

    /**
     * @throws IllegalArgumentException for a value that is negative, infinite or not a number
     */
    public void add(double value) {
        add(value, 1);
    }

    /**
     * Adds {@code value} so many times, or takes it back if {@code times} is negative.
     *
     * @throws IllegalArgumentException for a value that is negative, infinite or not a number
     */
    public void add(double value, long times) {
        addToBucket(keyOf(value), times);
    }

    /** Adds all that {@code other} holds, its take-backs included. */
    public void merge(QuantileSketch other) {
        combine(other, 1);
    }

    /** Takes back all that {@code other} holds. */
    public void subtract(QuantileSketch other) {
        combine(other, -1);
    }

    private void combine(QuantileSketch other, long sign) {
        int first = other.firstUsed();
        int last = other.lastUsed();
        if (first <= last) {
            cover(other.firstKey + first, other.firstKey + last);
            // read after cover: other may be this
            long[] from = other.buckets;
            int shift = other.firstKey - firstKey;
            for (int i = other.firstUsed(), end = other.lastUsed(); i <= end; i++) {
                buckets[i + shift] += sign * from[i];
            }
        }
        zeros += sign * other.zeros;
        count += sign * other.count;
    }

    /** How many values there are, those taken back subtracted. */
    public long count() {
        return count;
    }

    /** Whether every bucket is at zero; a {@link #count()} of zero alone does not say so. */
    public boolean isEmpty() {
        return zeros == 0 && firstUsed() == buckets.length;
    }

    /**
     * The value at rank {@code q * (n - 1)} of the n values, within {@link #RELATIVE_ERROR}; not a number if
     * {@link #count()} is not positive. Buckets below zero (something was taken back before it was added) are passed over.
     *
     * @throws IllegalArgumentException for a {@code q} outside of 0 to 1
     */
    public double quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("a quantile is between 0 and 1, not " + q);
        }
        if (count <= 0) {
            return Double.NaN;
        }
        double rank = q * (positiveCount() - 1);
        long seen = Math.max(0, zeros);
        int last = ZERO_KEY;
        for (int i = 0; i < buckets.length && seen <= rank; i++) {
            if (buckets[i] > 0) {
                seen += buckets[i];
                last = firstKey + i;
            }
        }
        return valueOf(last);
    }

    /**
     * How many values are above {@code limit}, within the sketch's error: a value counts if its bucket's does. Buckets
     * below zero are passed over.
     */
    public long countAbove(double limit) {
        long sum = limit < 0 ? Math.max(0, zeros) : 0;
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] > 0 && valueOf(firstKey + i) > limit) {
                sum += buckets[i];
            }
        }
        return sum;
    }

    private long positiveCount() {
        long sum = Math.max(0, zeros);
        for (long n : buckets) {
            sum += Math.max(0, n);
        }
        return sum;
    }

    /**
     * The content in bytes: none for an empty sketch, else a format byte and, for each bucket that is not at zero, in
     * ascending order, one varint of (buckets skipped since the one before, count from 1 to 7), or with 0 for the count
     * and a second varint that holds it.
     */
    public byte[] encode() {
        int first = firstUsed();
        if (zeros == 0 && first == buckets.length) {
            return EMPTY;
        }
        int last = lastUsed();
        int most = 1 + Math.max(0, last - first + 1);
        byte[] out = new byte[1 + most * MAX_BUCKET_BYTES];
        out[0] = FORMAT;
        int at = 1;
        int nextKey = ZERO_KEY;
        if (zeros != 0) {
            at = writeBucket(out, at, 0, zeros);
            nextKey = ZERO_KEY + 1;
        }
        for (int i = first; i <= last; i++) {
            if (buckets[i] != 0) {
                int key = firstKey + i;
                at = writeBucket(out, at, key - nextKey, buckets[i]);
                nextKey = key + 1;
            }
        }
        return Arrays.copyOf(out, at);
    }

    private static int writeBucket(byte[] out, int at, int skipped, long n) {
        if (n >= 1 && n <= MAX_INLINE) {
            return writeVarint(out, at, ((long) skipped << INLINE_BITS) | n);
        }
        int next = writeVarint(out, at, (long) skipped << INLINE_BITS);
        // Zigzag without the counts that need no second varint: every number stands for one count, none for two.
        return writeVarint(out, next, n > 0 ? (n - MAX_INLINE - 1) << 1 : (~n << 1) | 1);
    }

    private static int writeVarint(byte[] out, int at, long value) {
        int next = at;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[next++] = (byte) rest;
        return next;
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException for bytes that {@link #encode()} would not write
     */
    public static QuantileSketch decode(byte[] bytes) {
        QuantileSketch sketch = new QuantileSketch();
        if (bytes.length > 0) {
            new Reader(bytes).readInto(sketch);
        }
        return sketch;
    }

    public QuantileSketch copy() {
        QuantileSketch copy = new QuantileSketch();
        copy.zeros = zeros;
        copy.count = count;
        copy.firstKey = firstKey;
        copy.buckets = buckets.length == 0 ? NO_BUCKETS : buckets.clone();
        return copy;
    }

    private void addToBucket(int key, long times) {
        if (key == ZERO_KEY) {
            zeros += times;
        } else {
            int i = key - firstKey;
            if (i < 0 || i >= buckets.length) {
                cover(key, key);
                i = key - firstKey;
            }
            buckets[i] += times;
        }
        count += times;
    }

    private static int keyOf(double value) {
        if (!(value >= 0 && value <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("a sketch takes finite values from zero up, not " + value);
        }
        if (value < SMALLEST) {
            return ZERO_KEY;
        }
        return value < LARGEST ? ceilLogGamma(value) + KEY_SHIFT : MAX_KEY;
    }

    private static int ceilLogGamma(double value) {
        return (int) Math.ceil(StrictMath.log(value) * BUCKETS_PER_LN);
    }

    /** The value that is as far, in relation, from the lower end of the bucket as from its upper end. */
    private static double valueOf(int key) {
        return key == ZERO_KEY ? 0 : (1 + ALPHA) * StrictMath.exp((key - KEY_SHIFT - 1) * LN_GAMMA);
    }

    /** Makes room for the buckets from {@code low} to {@code high}, and somewhat more, as neighbours will follow. */
    private void cover(int low, int high) {
        int slack = SLACK + buckets.length / 4;
        int start = buckets.length == 0 ? low : firstKey;
        int end = buckets.length == 0 ? low : firstKey + buckets.length;
        int newStart = low < start || start == end ? Math.max(ZERO_KEY + 1, low - slack) : start;
        int newEnd = high >= end ? Math.min(MAX_KEY, high + slack) + 1 : end;
        if (newStart != start || newEnd != end) {
            long[] wider = new long[newEnd - newStart];
            System.arraycopy(buckets, 0, wider, start - newStart, buckets.length);
            buckets = wider;
            firstKey = newStart;
        }
    }

    /** Index of the first bucket that is not at zero; {@code buckets.length} if there is none. */
    private int firstUsed() {
        int i = 0;
        while (i < buckets.length && buckets[i] == 0) {
            i++;
        }
        return i;
    }

    /** Index of the last bucket that is not at zero; -1 if there is none. */
    private int lastUsed() {
        int i = buckets.length - 1;
        while (i >= 0 && buckets[i] == 0) {
            i--;
        }
        return i;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuantileSketch sketch
                && count == sketch.count
                && zeros == sketch.zeros
                && Arrays.equals(encode(), sketch.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encode());
    }

    @Override
    public String toString() {
        return "QuantileSketch[count=" + count + ", p50=" + quantile(0.5) + ", p99=" + quantile(0.99) + "]";
    }

    /** Takes only what {@link #encode()} writes. Keys only grow, so that it ends after the last bucket at the latest. */
    private static final class Reader {
        private static final int MAX_VARINT_BYTES = 10;

        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        void readInto(QuantileSketch sketch) {
            if (bytes[at++] != FORMAT || at == bytes.length) {
                throw malformed();
            }
            int nextKey = ZERO_KEY;
            while (at < bytes.length) {
                long head = readVarint();
                long skipped = head >>> INLINE_BITS;
                if (skipped > MAX_KEY - nextKey) {
                    throw malformed();
                }
                int key = nextKey + (int) skipped;
                if (key != ZERO_KEY && sketch.buckets.length == 0) {
                    // Each byte that is left may be a bucket: room for these saves most of the growing.
                    sketch.cover(key, Math.min(MAX_KEY, key + bytes.length - at));
                }
                long inline = head & MAX_INLINE;
                sketch.addToBucket(key, inline != 0 ? inline : readCount());
                nextKey = key + 1;
            }
        }

        private long readCount() {
            long coded = readVarint();
            long magnitude = coded >>> 1;
            if ((coded & 1) != 0) {
                return ~magnitude;
            }
            if (magnitude > Long.MAX_VALUE - MAX_INLINE - 1) {
                throw malformed();
            }
            return magnitude + MAX_INLINE + 1;
        }

        private long readVarint() {
            long value = 0;
            for (int i = 0; i < MAX_VARINT_BYTES && at < bytes.length; i++) {
                byte b = bytes[at++];
                boolean overflows = i == MAX_VARINT_BYTES - 1 && b != 1;
                boolean padded = i > 0 && b == 0;
                if (overflows || padded) {
                    throw malformed();
                }
                value |= (b & 0x7FL) << 7 * i;
                if (b >= 0) {
                    return value;
                }
            }
            throw malformed();
        }

        private IllegalArgumentException malformed() {
            return new IllegalArgumentException("no sketch: " + bytes.length + " bytes, wrong before byte " + at);
        }
    }
}
