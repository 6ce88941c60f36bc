package io.millrace.standalone.demo.scenario;

import java.util.List;

/** The agents of the application, and what each does when it is asked. */
enum Agent {
    /** Looks into the help pages and at the order, and answers. */
    SUPPORT("support", 0.36, List.of("customer", "chat")) {
        @Override
        boolean work(AgentRun run) {
            run.embed();
            run.retrieve("help_pages");
            if (!run.ask(Prompt.SUPPORT_PLAN, Model.GPT_4_1_MINI)) {
                return false;
            }
            if (run.chance(0.75)) {
                run.use(Tool.LOOK_UP_ORDER);
            }
            return run.tell(Prompt.SUPPORT_ANSWER, run.chance(0.7) ? Model.GPT_4_1 : Model.CLAUDE_SONNET);
        }
    },
    /** Searches, has an agent of its own check the facts, and writes a report. */
    RESEARCH("research", 0.2, List.of("internal", "report")) {
        @Override
        boolean work(AgentRun run) {
            if (!run.ask(Prompt.RESEARCH_PLAN, Model.GPT_4_1_MINI)) {
                return false;
            }
            run.use(Tool.WEB_SEARCH);
            if (run.chance(0.6)) {
                run.use(Tool.WEB_SEARCH);
            }
            run.embed();
            run.retrieve("library");
            return run.delegate("fact_checker", inner -> inner.ask(Prompt.FACT_CHECK, Model.CLAUDE_HAIKU))
                    && run.tell(Prompt.RESEARCH_REPORT, Model.CLAUDE_SONNET);
        }
    },
    /** Sorts what comes in. */
    TRIAGE("triage", 0.24, List.of("customer", "mail")) {
        @Override
        boolean work(AgentRun run) {
            if (!run.ask(Prompt.TRIAGE, run.chance(0.7) ? Model.GEMINI_FLASH : Model.CLAUDE_HAIKU)) {
                return false;
            }
            if (run.chance(0.5)) {
                run.use(Tool.CREATE_TICKET);
            }
            return true;
        }
    },
    /** Reads code, thinks, and comments. */
    REVIEW("code_review", 0.2, List.of("internal", "code")) {
        @Override
        boolean work(AgentRun run) {
            run.use(Tool.READ_FILE);
            if (run.chance(0.7)) {
                run.use(Tool.READ_FILE);
            }
            if (!run.ask(Prompt.REVIEW_READ, Model.O4_MINI)) {
                return false;
            }
            if (run.chance(0.4)) {
                run.use(Tool.RUN_TESTS);
            }
            return run.tell(Prompt.REVIEW_COMMENT, run.chance(0.5) ? Model.GPT_4_1 : Model.GEMINI_FLASH);
        }
    };

    private final String id;
    private final double share;
    private final List<String> tags;

    Agent(String id, double share, List<String> tags) {
        this.id = id;
        this.share = share;
        this.tags = tags;
    }

    /** What it does; whether it comes to an answer. */
    abstract boolean work(AgentRun run);

    /** {@code gen_ai.agent.name}. */
    String id() {
        return id;
    }

    List<String> tags() {
        return tags;
    }

    /** @param point from 0 to 1 */
    static Agent at(double point) {
        double end = 0;
        for (Agent agent : values()) {
            end += agent.share;
            if (point < end) {
                return agent;
            }
        }
        return SUPPORT;
    }
}
