package io.millrace.ingest.otlp;

import io.millrace.schema.usage.NormalisedUsage;
import io.millrace.schema.usage.ReportedCount;
import io.millrace.schema.usage.ReportedUsage;
import io.millrace.schema.usage.TokenCount;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Token counts by free names, which stand beside each other: {@code input}, {@code input_cached_tokens},
 * {@code output_reasoning_tokens}. A name tells its side by its beginning; what is neither cached, audio, image nor
 * reasoning is plain input or output. Counts that have details below them, {@code prompt_tokens} and
 * {@code prompt_tokens_details}, are an API's own, and contain their details.
 */
final class UsageDetails implements Structure.Visitor {
    private static final ReportedCount[] COUNTS = ReportedCount.values();

    private final long[] named = new long[COUNTS.length];
    /** What has a name of its own and belongs to a count. */
    private final long[] rest = new long[COUNTS.length];

    private final ReportedUsage usage = new ReportedUsage();
    private boolean empty = true;
    private boolean nested;

    UsageDetails() {
        Arrays.fill(named, TokenCount.ABSENT);
    }

    void clear() {
        nested = false;
        if (!empty) {
            usage.clear();
            empty = true;
            Arrays.fill(named, TokenCount.ABSENT);
            Arrays.fill(rest, 0);
        }
    }

    boolean isEmpty() {
        return empty;
    }

    @Override
    public void member(Structure.Path path, Attribute value) {
        String name = path.names().toLowerCase(Locale.ROOT);
        ReportedCount count = total(name);
        boolean whole = count != null;
        if (count == null) {
            count = part(name);
        }
        if (count == null) {
            return;
        }
        boolean detail = name.indexOf('/') >= 0;
        boolean plain = count == ReportedCount.INPUT || count == ReportedCount.OUTPUT;
        if (detail && plain) {
            return;
        }
        nested |= name.contains("_details/");
        add(count, TokenCounts.tokens(value), plain && !whole);
    }

    private void add(ReportedCount count, long tokens, boolean beside) {
        if (tokens == TokenCount.ABSENT) {
            return;
        }
        empty = false;
        int i = count.ordinal();
        if (tokens == TokenCount.UNUSABLE) {
            usage.set(count, tokens);
        } else if (beside) {
            rest[i] += tokens;
        } else {
            // Two names of one count say the same.
            named[i] = Math.max(named[i], tokens);
        }
    }

    NormalisedUsage normalised() {
        for (ReportedCount count : COUNTS) {
            int i = count.ordinal();
            if (named[i] != TokenCount.ABSENT || rest[i] > 0) {
                usage.set(count, Math.max(0, named[i]) + rest[i]);
            }
        }
        return nested ? usage.inclusive() : usage.exclusive();
    }

    private static @Nullable ReportedCount total(String name) {
        return switch (name) {
            case "input", "input_tokens", "prompt_tokens" -> ReportedCount.INPUT;
            case "output", "output_tokens", "completion_tokens" -> ReportedCount.OUTPUT;
            case "total", "total_tokens" -> ReportedCount.TOTAL;
            default -> null;
        };
    }

    private static @Nullable ReportedCount part(String name) {
        if (name.startsWith("input") || name.startsWith("prompt") || name.startsWith("cache")) {
            return inputPart(name);
        }
        return name.startsWith("output") || name.startsWith("completion") ? outputPart(name) : null;
    }

    private static ReportedCount inputPart(String name) {
        if (name.contains("cache")) {
            boolean written = name.contains("creation") || name.contains("write");
            return written ? cacheWrite(name) : ReportedCount.CACHE_READ;
        }
        return name.contains("audio")
                ? ReportedCount.INPUT_AUDIO
                : name.contains("image") ? ReportedCount.INPUT_IMAGE : ReportedCount.INPUT;
    }

    private static ReportedCount cacheWrite(String name) {
        return name.contains("1h")
                ? ReportedCount.CACHE_WRITE_1H
                : name.contains("5m") ? ReportedCount.CACHE_WRITE_5M : ReportedCount.CACHE_WRITE;
    }

    private static ReportedCount outputPart(String name) {
        if (name.contains("reasoning")) {
            return ReportedCount.REASONING;
        }
        return name.contains("audio")
                ? ReportedCount.OUTPUT_AUDIO
                : name.contains("image") ? ReportedCount.OUTPUT_IMAGE : ReportedCount.OUTPUT;
    }
}
