package io.millrace.ingest.limit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** {@code gcra.lua}, which does in Redis what {@link LocalBuckets} does here: what it is told, and what it answers. */
public final class GcraScript {
    /** Its text. */
    public static final String TEXT = text("gcra.lua");

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final String PREFIX = "millrace:limit:";

    private GcraScript() {}

    /** A script of the program. */
    public static String text(String name) {
        try (InputStream in = GcraScript.class.getResourceAsStream("/limit/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<String> keys(List<Charge> charges) {
        return charges.stream().map(charge -> PREFIX + charge.bucket().id()).toList();
    }

    /**
     * @param now the time to count by, in nanoseconds since the epoch; empty for Redis's own, which is the same for all edges
     */
    public static List<String> arguments(OptionalLong now, List<Charge> charges) {
        List<String> arguments = new ArrayList<>(2 + 2 * charges.size());
        arguments.add(now.isPresent() ? Long.toString(now.getAsLong() / SECOND) : "");
        arguments.add(now.isPresent() ? Long.toString(now.getAsLong() % SECOND) : "");
        for (Charge charge : charges) {
            arguments.add(Long.toString(charge.cost()));
            arguments.add(Long.toString(charge.bucket().limit().tolerance()));
        }
        return arguments;
    }

    /**
     * What the answer means.
     *
     * @param reached the place of a charge, from 1; 0 when all was taken
     */
    public static Verdict verdict(List<Charge> charges, int reached, long waitNanos) {
        return reached == 0
                ? Verdict.TAKEN
                : new Verdict(charges.get(reached - 1).bucket().name(), waitNanos);
    }
}
