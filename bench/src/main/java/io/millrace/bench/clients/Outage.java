package io.millrace.bench.clients;

import io.millrace.bench.command.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What fails while clients send. */
enum Outage {
    KAFKA("Kafka stopped for 20 s"),
    EDGE("edge killed -9, started again"),
    REDIS("Redis killed whenever it is back, for 20 s"),
    OVERLOAD("three times what the edge takes, for 20 s");

    private final String label;

    Outage(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads words with commas between.
     *
     * @throws UsageException when one is none of these
     */
    static List<Outage> parse(String words) {
        try {
            return Arrays.stream(words.toUpperCase(Locale.ROOT).split(","))
                    .map(Outage::valueOf)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--faults takes some of "
                    + Arrays.stream(values()).map(Outage::word).collect(Collectors.joining(", ")) + ", not " + words);
        }
    }
}
