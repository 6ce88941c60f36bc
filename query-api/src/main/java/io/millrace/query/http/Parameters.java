package io.millrace.query.http;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The query parameters of a request, each given at most once. Every reader throws a {@link Problem} of
 * {@link ProblemType#INVALID_PARAMETER} that names the parameter whose value it cannot use.
 */
public final class Parameters {
    /** Names a project other than the key's own; every route with a key has it. */
    public static final String PROJECT = "project";

    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_TEXT = 8_192;

    private final Map<String, String> values;

    private Parameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Takes the parameters of a request.
     *
     * @param known those that the path has
     * @param notAvailable those that it will have
     * @throws Problem naming every unknown parameter, one that is not available, or one given twice
     */
    public static Parameters of(Map<String, List<String>> given, Set<String> known, Set<String> notAvailable) {
        Map<String, String> values = new TreeMap<>();
        List<Problem.FieldError> unknown = new ArrayList<>();
        for (Map.Entry<String, List<String>> entry : new TreeMap<>(given).entrySet()) {
            String name = entry.getKey();
            if (notAvailable.contains(name)) {
                throw Problem.of(
                        ProblemType.NOT_AVAILABLE,
                        "the parameter " + name + " is not available in this version",
                        List.of(new Problem.FieldError(name, "not available in this version")));
            }
            if (!known.contains(name)) {
                unknown.add(new Problem.FieldError(name, "unknown"));
            } else {
                values.put(name, only(name, entry.getValue()));
            }
        }
        if (!unknown.isEmpty()) {
            List<String> names = unknown.stream().map(Problem.FieldError::field).toList();
            throw Problem.of(
                    ProblemType.UNKNOWN_PARAMETER,
                    "unknown: " + String.join(", ", names) + "; known: " + String.join(", ", sorted(known)),
                    unknown);
        }
        return new Parameters(values);
    }

    private static String only(String name, List<String> texts) {
        if (texts.size() > 1) {
            throw Problem.parameter(name, "given more than once");
        }
        String text = texts.get(0);
        if (text.isEmpty() || text.length() > MAX_TEXT || text.indexOf('\0') >= 0) {
            throw Problem.parameter(name, text.isEmpty() ? "empty" : "not a text that can be looked for");
        }
        return text;
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The values of a list separated by commas, in their order; none of them empty or twice. */
    public List<String> list(String name) {
        List<String> items =
                text(name).map(text -> Arrays.asList(text.split(",", -1))).orElse(List.of());
        if (items.stream().anyMatch(String::isBlank)) {
            throw Problem.parameter(name, "has an empty item");
        }
        if (items.stream().distinct().count() < items.size()) {
            throw Problem.parameter(name, "names an item twice");
        }
        return items;
    }

    public Optional<Boolean> flag(String name) {
        return text(name).map(text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw Problem.parameter(name, "must be true or false");
        });
    }

    /** How many items a list answers with: 1 to 1000, 100 if not said. */
    public int limit() {
        return text("limit")
                .map(text -> {
                    if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
                        throw Problem.parameter("limit", "must be 1 to " + MAX_LIMIT);
                    }
                    return Integer.parseInt(text);
                })
                .orElse(DEFAULT_LIMIT);
    }

    /** A number that is not negative, with at most 18 digits before and after the point. */
    public Optional<BigDecimal> amount(String name) {
        return text(name).map(text -> {
            if (!text.matches("\\d{1,18}(\\.\\d{1,18})?")) {
                throw Problem.parameter(name, "must be a decimal number that is not negative");
            }
            return new BigDecimal(text);
        });
    }

    public Optional<UUID> uuid(String name) {
        return text(name).map(text -> parseUuid(text).orElseThrow(() -> Problem.parameter(name, "must be a UUID")));
    }

    /** The UUID that a text of exactly 36 characters spells. */
    public static Optional<UUID> parseUuid(String text) {
        return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    public Optional<Instant> time(String name, Instant now) {
        return text(name)
                .map(text -> Times.parse(text, now)
                        .orElseThrow(() -> Problem.parameter(name, "must be RFC 3339 with an offset, or like now-1h")));
    }

    /** {@code from} inclusive to {@code to} exclusive; what is not given is supplied. */
    public TimeRange range(Instant now, Supplier<Instant> from, Supplier<Instant> to) {
        TimeRange range =
                new TimeRange(time("from", now).orElseGet(from), time("to", now).orElseGet(to));
        if (range.from().isAfter(range.to())) {
            throw Problem.parameter("from", "must not be after to");
        }
        return range;
    }

    /** All parameters but these, in one text that is equal for equal parameters. */
    public String withoutPaging() {
        StringBuilder out = new StringBuilder();
        values.forEach((name, value) -> {
            if (!name.equals("cursor") && !name.equals("limit")) {
                out.append(name.length()).append(name).append(value.length()).append(value);
            }
        });
        return out.toString();
    }
}
