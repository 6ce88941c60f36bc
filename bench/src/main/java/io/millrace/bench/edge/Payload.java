package io.millrace.bench.edge;

import io.millrace.bench.edge.SampleSpan.Attribute;
import io.millrace.bench.load.Mix;
import io.millrace.bench.load.Prose;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The two classes of spans: the numbers of a call alone, or its texts as well. */
enum Payload {
    /** Sixteen attributes of the GenAI conventions and no text. */
    LEAN(0, 0, new Goals(0.7, 2, 0.6, 0.85)),
    /** The same with a prompt and an answer, different in each span. */
    LLM(800, 400, new Goals(0.6, 1.5, 0.4, 0.7));

    static final int SPANS_PER_BODY = 100;
    private static final int SPANS_PER_TRACE = 5;
    /** One text in so many holds what masking finds: an address and a phone number. */
    private static final int PERSONAL_EVERY = 8;

    private final int promptCharacters;
    private final int answerCharacters;
    private final Goals goals;

    /**
     * What is hoped for.
     *
     * @param shareOfLimit of the physical limit
     * @param toZipkin spans per processor second as a multiple of Zipkin's
     * @param gzip to identity
     * @param zstd to identity
     */
    record Goals(double shareOfLimit, double toZipkin, double gzip, double zstd) {}

    Payload(int promptCharacters, int answerCharacters, Goals goals) {
        this.promptCharacters = promptCharacters;
        this.answerCharacters = answerCharacters;
        this.goals = goals;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Goals goals() {
        return goals;
    }

    /** The spans of one request: traces of five, a call and those that it caused. */
    List<SampleSpan> spans(int body, long endNanos) {
        List<SampleSpan> spans = new ArrayList<>();
        for (int i = 0; i < SPANS_PER_BODY; i++) {
            long trace = Mix.of(ordinal() + 1L, body * 1_000L + i / SPANS_PER_TRACE);
            long root = Mix.of(trace, 10);
            boolean isRoot = i % SPANS_PER_TRACE == 0;
            long duration = 40_000_000L + Mix.below(Mix.of(trace, i), 900_000_000);
            spans.add(new SampleSpan(
                    trace,
                    Mix.of(trace, 1),
                    isRoot ? root : Mix.of(trace, 10L + i),
                    isRoot ? 0 : root,
                    isRoot ? "chat gpt-4o" : "chat gpt-4o-mini",
                    endNanos - Mix.below(Mix.of(trace, 50L + i), 1_000_000_000) - duration,
                    duration,
                    attributes(Mix.of(trace, 100L + i))));
        }
        return spans;
    }

    private List<Attribute> attributes(long seed) {
        List<Attribute> attributes = new ArrayList<>(List.of(
                Attribute.of("gen_ai.operation.name", "chat"),
                Attribute.of("gen_ai.provider.name", "openai"),
                Attribute.of("gen_ai.request.model", "gpt-4o-mini"),
                Attribute.of("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
                Attribute.of("gen_ai.response.id", "chatcmpl-" + Long.toString(seed >>> 1, 36)),
                Attribute.of("gen_ai.conversation.id", "conv-" + Integer.toHexString((int) seed)),
                Attribute.of("gen_ai.agent.id", "asst_5j66UpCp"),
                Attribute.of("gen_ai.agent.name", "desk"),
                Attribute.of("user.id", "user-" + Mix.below(seed, 100_000)),
                Attribute.of("gen_ai.output.type", "text"),
                Attribute.of("gen_ai.request.temperature", 0.2),
                Attribute.of("gen_ai.request.top_p", 0.95),
                Attribute.of("gen_ai.response.time_to_first_chunk", Mix.below(seed, 1_000_000) / 1e6),
                Attribute.of("gen_ai.usage.input_tokens", 1_024 + Mix.below(seed, 7_168)),
                Attribute.of("gen_ai.usage.cache_read.input_tokens", 256),
                Attribute.of("gen_ai.usage.output_tokens", 256 + Mix.below(seed, 896))));
        if (promptCharacters > 0) {
            attributes.add(Attribute.of("gen_ai.input.messages", message("user", seed, promptCharacters)));
            attributes.add(Attribute.of("gen_ai.output.messages", message("assistant", ~seed, answerCharacters)));
        }
        return attributes;
    }

    /** Words, with the numbers, dates and links of a support desk: what masking has to look at twice. */
    private static String message(String role, long seed, int characters) {
        int number = Mix.below(seed, 1_000_000);
        String facts = "Order " + number + " of 2026-11-" + (10 + number % 20)
                + " is 12.50 EUR, see https://example.com/o/" + number + ". ";
        if (Mix.below(Mix.of(seed), PERSONAL_EVERY) == 0) {
            facts += "Write to jane.doe" + number % 100 + "@example.com or call +44 20 7946 0958. ";
        }
        String frame = "[{\"role\":\"" + role + "\",\"parts\":[{\"type\":\"text\",\"content\":\"";
        String end = "\"}]}]";
        int words = characters - facts.length() - frame.length() - end.length();
        return frame + facts + Prose.words(seed, words) + end;
    }

    /** Bytes of all texts among the attributes: what masking reads, per span. */
    static double textBytes(List<SampleSpan> spans) {
        long bytes = 0;
        for (SampleSpan span : spans) {
            for (Attribute attribute : span.attributes()) {
                if (attribute.value() instanceof String text) {
                    bytes += text.getBytes(StandardCharsets.UTF_8).length;
                }
            }
        }
        return (double) bytes / spans.size();
    }
}
