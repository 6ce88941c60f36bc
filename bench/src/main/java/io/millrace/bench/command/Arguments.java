package io.millrace.bench.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Options of the form {@code --name value}, or {@code --name} alone for flags. */
public final class Arguments {
    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads options.
     *
     * @param words what follows the benchmark's name
     * @param options names that take a value
     * @param flags names that take none
     * @throws UsageException for anything else
     */
    public static Arguments parse(String[] words, Set<String> options, Set<String> flags) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < words.length; i++) {
            String name = words[i].startsWith("--") ? words[i].substring(2) : "";
            if (flags.contains(name)) {
                values.put(name, "true");
            } else if (options.contains(name) && i + 1 < words.length) {
                i++;
                values.put(name, words[i]);
            } else if (options.contains(name)) {
                throw new UsageException("--" + name + " needs a value");
            } else {
                throw new UsageException("there is no option '" + words[i] + "'");
            }
        }
        return new Arguments(values);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public Optional<Path> path(String name) {
        return text(name).map(value -> Path.of(value).toAbsolutePath().normalize());
    }

    /** A whole number from 0, or the default. */
    public long number(String name, long otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, for negative ones as well.
        }
        throw new UsageException("--" + name + " takes a whole number from 0, not '" + value + "'");
    }

    /** A time such as {@code 90}, {@code 90s} or {@code 10m}; the default when it is not given. */
    public Duration duration(String name, Duration otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("[0-9]{1,6}[sm]?")) {
            throw new UsageException("--" + name + " takes a time such as 90s or 10m, not '" + value + "'");
        }
        long number = Long.parseLong(value.replaceAll("[sm]", ""));
        return value.endsWith("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }
}
