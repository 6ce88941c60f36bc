package io.millrace.schema.usage;

import static io.millrace.schema.usage.ReportedCount.CACHE_READ;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE_1H;
import static io.millrace.schema.usage.ReportedCount.CACHE_WRITE_5M;
import static io.millrace.schema.usage.ReportedCount.INPUT;
import static io.millrace.schema.usage.ReportedCount.INPUT_AUDIO;
import static io.millrace.schema.usage.ReportedCount.INPUT_IMAGE;
import static io.millrace.schema.usage.ReportedCount.OUTPUT;
import static io.millrace.schema.usage.ReportedCount.OUTPUT_AUDIO;
import static io.millrace.schema.usage.ReportedCount.OUTPUT_IMAGE;
import static io.millrace.schema.usage.ReportedCount.REASONING;
import static io.millrace.schema.usage.ReportedCount.TOTAL;

import java.util.Arrays;

/**
 * The token counts of one call as its source reported them, and what they mean in disjoint buckets. Reusable and not
 * thread-safe: {@link #clear()} it, {@link #set} what the source says, then convert.
 *
 * <p>Sources disagree on what {@code input} contains. {@link #inclusive()} is the reading of OpenTelemetry, OpenAI,
 * Gemini, OpenInference, the Vercel AI SDK and LangSmith: input contains what was read from and written to caches,
 * output contains reasoning. {@link #exclusive()} is that of Langfuse and of Anthropic's own API: every count stands
 * beside the others. Some instrumentations put an exclusive number where an inclusive one belongs, so the inclusive
 * reading looks for the proof of that: fewer input tokens than cached ones, or a total that only adds up beside them.
 */
public final class ReportedUsage {
    private final long[] counts = new long[ReportedCount.COUNT];
    private boolean any;
    private boolean suspect;

    public ReportedUsage() {
        clear();
    }

    /** Forgets everything, for the next call. */
    public void clear() {
        Arrays.fill(counts, TokenCount.ABSENT);
        any = false;
        suspect = false;
    }

    /**
     * Takes a count; the last one given counts.
     *
     * @param tokens as read by {@link TokenCount}: {@link TokenCount#ABSENT} changes nothing,
     *     {@link TokenCount#UNUSABLE} only makes the usage suspect
     */
    public ReportedUsage set(ReportedCount count, long tokens) {
        long taken = tokens == TokenCount.UNUSABLE ? TokenCount.UNUSABLE : TokenCount.of(tokens);
        if (taken == TokenCount.UNUSABLE) {
            suspect = true;
        } else if (taken != TokenCount.ABSENT) {
            counts[count.ordinal()] = taken;
            any = true;
        }
        return this;
    }

    /** Whether {@code count} was given; a zero is. */
    public boolean has(ReportedCount count) {
        return counts[count.ordinal()] != TokenCount.ABSENT;
    }

    /** Input contains the cached tokens and output contains reasoning, unless the numbers prove otherwise. */
    public NormalisedUsage inclusive() {
        return any ? new Conversion().inclusive() : none();
    }

    /** Every count stands beside the others. */
    public NormalisedUsage exclusive() {
        return any ? new Conversion().exclusive() : none();
    }

    private NormalisedUsage none() {
        return suspect ? new NormalisedUsage(null, true) : NormalisedUsage.NONE;
    }

    private long get(ReportedCount count) {
        return Math.max(0, counts[count.ordinal()]);
    }

    /** One conversion of the counts above; short-lived, so that both readings share their steps. */
    private final class Conversion {
        private final long[] buckets = new long[UsageBucket.COUNT];
        private boolean contradicts = suspect;

        NormalisedUsage inclusive() {
            long cached = caches();
            long input = inputOrRest();
            boolean cacheBeside = input < cached || totalIs(input + cached);
            boolean reasoningBeside = reasoningBeside(input, cacheBeside ? cached : 0);
            checkTotal(input, cached);
            side(cacheBeside ? input : input - cached, UsageBucket.INPUT, INPUT_AUDIO, INPUT_IMAGE);
            put(UsageBucket.OUTPUT_REASONING, get(REASONING));
            side(
                    reasoningBeside ? get(OUTPUT) : get(OUTPUT) - get(REASONING),
                    UsageBucket.OUTPUT,
                    OUTPUT_AUDIO,
                    OUTPUT_IMAGE);
            return result();
        }

        NormalisedUsage exclusive() {
            caches();
            put(UsageBucket.INPUT, inputOrNothing());
            put(UsageBucket.INPUT_AUDIO, get(INPUT_AUDIO));
            put(UsageBucket.INPUT_IMAGE, get(INPUT_IMAGE));
            put(UsageBucket.OUTPUT, get(OUTPUT));
            put(UsageBucket.OUTPUT_REASONING, get(REASONING));
            put(UsageBucket.OUTPUT_AUDIO, get(OUTPUT_AUDIO));
            put(UsageBucket.OUTPUT_IMAGE, get(OUTPUT_IMAGE));
            return result();
        }

        /** Fills the cache buckets; what was written for no stated term was written for five minutes. */
        private long caches() {
            long hour = get(CACHE_WRITE_1H);
            long stated = get(CACHE_WRITE_5M) + hour;
            long written = Math.max(get(CACHE_WRITE), stated);
            // LangChain writes a zero for the whole where it states the terms, so that nobody counts both.
            contradicts |= get(CACHE_WRITE) > 0 && get(CACHE_WRITE) < stated;
            put(UsageBucket.INPUT_CACHE_READ, get(CACHE_READ));
            put(UsageBucket.INPUT_CACHE_WRITE_5M, written - hour);
            put(UsageBucket.INPUT_CACHE_WRITE_1H, hour);
            return get(CACHE_READ) + written;
        }

        /** A source that gave only a total and an output gave its input too. */
        private long inputOrRest() {
            if (has(INPUT) || !has(TOTAL)) {
                return get(INPUT);
            }
            contradicts |= !has(OUTPUT) || get(TOTAL) < get(OUTPUT);
            return Math.max(0, get(TOTAL) - get(OUTPUT));
        }

        /** Beside other buckets a total says nothing about this one; alone, it is all there is. */
        private long inputOrNothing() {
            boolean totalAlone = has(TOTAL) && buckets[UsageBucket.INPUT_CACHE_READ.ordinal()] == 0;
            return has(INPUT) || totalAlone ? inputOrRest() : 0;
        }

        /** Whether the total proves that {@code inputSide} tokens went in, and that they are more than input says. */
        private boolean totalIs(long inputSide) {
            return has(TOTAL) && has(INPUT) && inputSide > get(INPUT) && get(TOTAL) == inputSide + get(OUTPUT);
        }

        private boolean reasoningBeside(long input, long cachedBeside) {
            long reasoning = get(REASONING);
            if (has(TOTAL) && reasoning > 0 && get(TOTAL) == input + cachedBeside + get(OUTPUT) + reasoning) {
                return true;
            }
            contradicts |= reasoning > get(OUTPUT);
            return reasoning > get(OUTPUT);
        }

        /** A total must be the sum of the sides in one of the readings that exist. */
        private void checkTotal(long input, long cached) {
            if (!has(TOTAL)) {
                return;
            }
            long beyond = get(TOTAL) - input - get(OUTPUT);
            long reasoning = get(REASONING);
            contradicts |= beyond != 0 && beyond != cached && beyond != reasoning && beyond != cached + reasoning;
        }

        /** Splits what is left of a side into audio, images and text; parts never take more than there is. */
        private void side(long rest, UsageBucket text, ReportedCount audio, ReportedCount image) {
            boolean in = text.isInput();
            long heard = take(audio, rest);
            long seen = take(image, rest - heard);
            put(in ? UsageBucket.INPUT_AUDIO : UsageBucket.OUTPUT_AUDIO, heard);
            put(in ? UsageBucket.INPUT_IMAGE : UsageBucket.OUTPUT_IMAGE, seen);
            put(text, rest - heard - seen);
        }

        private long take(ReportedCount part, long rest) {
            contradicts |= get(part) > rest;
            return Math.min(get(part), rest);
        }

        private void put(UsageBucket bucket, long tokens) {
            buckets[bucket.ordinal()] = tokens;
        }

        private NormalisedUsage result() {
            return new NormalisedUsage(Usage.of(buckets), contradicts);
        }
    }
}
