package io.millrace.query;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Environment variables, read strictly: what is there must make sense. */
final class Variables {
    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    String text(String name, String fallback) {
        String value = environment.getOrDefault(name, fallback);
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " is empty");
        }
        return value;
    }

    String required(String name) {
        @Nullable String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is needed");
        }
        return value;
    }

    /** Empty when it is not set. */
    Optional<String> ifGiven(String name) {
        return environment.containsKey(name) ? Optional.of(text(name, "")) : Optional.empty();
    }

    int integer(String name, int fallback) {
        String text = text(name, Integer.toString(fallback));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, was " + text, e);
        }
    }

    /** What follows the prefix, as a Kafka property: {@code SASL_MECHANISM} is {@code sasl.mechanism}. */
    Map<String, String> prefixed(String prefix) {
        Map<String, String> found = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(
                        name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return found;
    }
}
