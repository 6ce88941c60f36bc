package io.millrace.standalone.demo.scenario;

import java.util.List;

/**
 * A prompt as a team keeps it: with a name, and versions of which the older one goes away slowly.
 *
 * @param name {@code gen_ai.prompt.name}
 * @param cached the share of calls whose prefix the provider still has
 */
record Prompt(String name, Lognormal inputTokens, Lognormal outputTokens, double cached) {
    static final Prompt SUPPORT_PLAN = prompt("support-plan", 900, 40);
    static final Prompt SUPPORT_ANSWER = prompt("support-answer", 1_600, 160);
    static final Prompt RESEARCH_PLAN = prompt("research-plan", 700, 120);
    static final Prompt RESEARCH_REPORT = prompt("research-report", 2_400, 260);
    static final Prompt FACT_CHECK = prompt("fact-check", 1_100, 60);
    static final Prompt TRIAGE = prompt("triage", 520, 24);
    static final Prompt REVIEW_READ = prompt("review-read", 1_900, 150);
    static final Prompt REVIEW_COMMENT = prompt("review-comment", 1_500, 140);

    private static Prompt prompt(String name, double inputTokens, double outputTokens) {
        return new Prompt(name, new Lognormal(inputTokens, 0.35), new Lognormal(outputTokens, 0.45), 0.45);
    }

    /** Those of calls that are frequent and dear enough for their cost to show. */
    static List<Prompt> busy() {
        return List.of(SUPPORT_ANSWER, RESEARCH_REPORT, FACT_CHECK, SUPPORT_PLAN);
    }
}
