package io.millrace.standalone;

import io.millrace.clients.ModelServer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an SDK tells of the agent that the programs in {@code clients} run: it calls a model twice and two tools, of which one
 * fails.
 *
 * @param roots the names of its traces
 * @param agent the kind of the root
 * @param tool the kind of a tool
 * @param model what counted calls are of: provider and name
 */
record AgentShape(List<String> roots, String agent, String tool, String model) {
    /** What {@link ModelServer} says of each call, in disjoint buckets. */
    static final Map<String, Long> USAGE_OF_A_CALL = Map.of(
            "input", 56L,
            "input_cache_read", 64L,
            "output", 26L,
            "output_reasoning", 16L);

    /** By the list prices of gpt-4o-mini per million: 56 x 0.15 + 64 x 0.075 + 42 x 0.60. */
    static final BigDecimal COST_OF_A_CALL = new BigDecimal("0.0000384");

    private static final String TOLD = "openai/" + ModelServer.MODEL;

    static final AgentShape GENERAL = new AgentShape(List.of("invoke_agent rain"), "agent", "tool", TOLD);

    static final AgentShape OPENINFERENCE = new AgentShape(List.of("rain"), "agent", "tool", TOLD);

    /** It has no agents, and the program runs everything a second time, streamed. */
    static final AgentShape VERCEL =
            new AgentShape(List.of("ai.generateText rain", "ai.streamText rain"), "chain", "tool", TOLD);

    /** It has no agents. */
    static final AgentShape LANGSMITH = new AgentShape(List.of("rain"), "chain", "tool", TOLD);

    /** It knows of no providers, and the program tells the model that it asked for. */
    static final AgentShape LANGFUSE = new AgentShape(List.of("rain"), "agent", "tool", "-/gpt-4o-mini");

    /** It knows of neither agents nor tools. */
    static final AgentShape LANGFUSE_CLASSIC = new AgentShape(List.of("rain"), "span", "span", "-/gpt-4o-mini");

    /** It knows of no providers. */
    static final AgentShape LANGFUSE_PYTHON =
            new AgentShape(List.of("rain"), "agent", "tool", "-/" + ModelServer.MODEL);

    private static final Map<String, AgentShape> OTHERS = Map.of(
            "langfuse-js", LANGFUSE,
            "langfuse-js-classic", LANGFUSE_CLASSIC,
            "langfuse-python", LANGFUSE_PYTHON,
            "langsmith-js", LANGSMITH,
            "langsmith-python", LANGSMITH,
            "openinference-js", OPENINFERENCE,
            "openinference-python", OPENINFERENCE,
            "vercel-ai", VERCEL);

    /** What the program of that name tells. */
    static AgentShape of(String program) {
        return OTHERS.getOrDefault(program, GENERAL);
    }

    long spans() {
        return 5L * roots.size();
    }

    /** Calls of the model. */
    long calls() {
        return 2L * roots.size();
    }

    /** Spans by kind. */
    Map<String, Long> kinds() {
        Map<String, Long> kinds = new TreeMap<>(Map.of("llm", calls()));
        kinds.merge(agent, (long) roots.size(), Long::sum);
        kinds.merge(tool, 2L * roots.size(), Long::sum);
        return kinds;
    }
}
