package io.millrace.standalone.demo.scenario;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** The models that the application calls, each with the pace of its kind. */
enum Model {
    GPT_4_1("openai", "gpt-4.1", "gpt-4.1-2025-04-14", new Pace(420, 11), Failures.OPENAI),
    GPT_4_1_MINI("openai", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", new Pace(310, 6), Failures.OPENAI),
    /** Thinks before it answers: its tokens begin late, and part of them is never shown. */
    O4_MINI("openai", "o4-mini", "o4-mini-2025-04-16", new Pace(1_400, 7), Failures.OPENAI),
    CLAUDE_SONNET(
            "anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", new Pace(680, 13), Failures.ANTHROPIC),
    CLAUDE_HAIKU("anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001", new Pace(380, 6), Failures.ANTHROPIC),
    GEMINI_FLASH("gcp.gemini", "gemini-2.5-flash", "gemini-2.5-flash", new Pace(290, 5), Failures.GEMINI),
    EMBEDDING("openai", "text-embedding-3-small", "text-embedding-3-small", new Pace(70, 0), Failures.OPENAI);

    private static final double SPREAD = 0.3;

    private final String provider;
    private final String requested;
    private final String answering;
    private final Pace pace;
    private final Failure failure;

    /** Median milliseconds until the first token, and for each token after it. */
    private record Pace(double firstTokenMillis, double tokenMillis) {}

    private static final class Failures {
        static final Failure OPENAI = new Failure("rate_limit_exceeded", "Rate limit reached, try again in 2 s");
        static final Failure ANTHROPIC = new Failure("overloaded_error", "Overloaded");
        static final Failure GEMINI = new Failure("UNAVAILABLE", "The model is overloaded, try again later");
    }

    Model(String provider, String requested, String answering, Pace pace, Failure failure) {
        this.provider = provider;
        this.requested = requested;
        this.answering = answering;
        this.pace = pace;
        this.failure = failure;
    }

    /** Those that chat. */
    static List<Model> chatting() {
        return Arrays.stream(values()).filter(model -> model != EMBEDDING).toList();
    }

    /** {@code gen_ai.provider.name}. */
    String provider() {
        return provider;
    }

    /** {@code gen_ai.request.model}. */
    String requested() {
        return requested;
    }

    /** {@code gen_ai.response.model}. */
    String answering() {
        return answering;
    }

    Failure failure() {
        return failure;
    }

    boolean reasons() {
        return this == O4_MINI;
    }

    Duration firstToken(RandomGenerator random) {
        return new Lognormal(pace.firstTokenMillis, SPREAD).time(random);
    }

    /** From the first token to the last of so many. */
    Duration writing(int tokens, RandomGenerator random) {
        return new Lognormal(pace.tokenMillis * tokens, SPREAD / 2).time(random);
    }
}
