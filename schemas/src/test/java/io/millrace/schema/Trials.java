package io.millrace.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/** A check over random input, other input in every run. What fails says which seed brings it back. */
public final class Trials {
    private static final String SEED = "millrace.seed";

    private Trials() {}

    /** Runs the check so many times; with {@code -Dmillrace.seed=N} once, as it was run with that seed. */
    public static void run(int trials, Consumer<Random> check) {
        Long wanted = Long.getLong(SEED);
        long first = wanted == null ? new Random().nextLong() : wanted;
        int count = wanted == null ? trials : 1;
        for (int i = 0; i < count; i++) {
            long seed = first + i;
            try {
                check.accept(new Random(seed));
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("with -D" + SEED + "=" + seed + ": " + failed.getMessage(), failed);
            }
        }
    }

    /** One of some values. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <T> T oneOf(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    /** Up to so many values. */
    public static <T> List<T> list(Random random, int most, Function<Random, T> value) {
        int size = random.nextInt(most + 1);
        List<T> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(value.apply(random));
        }
        return values;
    }

    /** A number between two, both included. */
    public static long between(Random random, long least, long most) {
        return random.longs(1, least, most + 1).findFirst().orElseThrow();
    }

    /** Any number, those at the borders more often than others. */
    public static long anyLong(Random random) {
        return random.nextInt(4) == 0
                ? oneOf(random, 0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE)
                : random.nextLong() >> random.nextInt(64);
    }

    /** Up to so many bytes. */
    public static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }
}
