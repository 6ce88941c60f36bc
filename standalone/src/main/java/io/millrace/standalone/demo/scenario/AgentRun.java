package io.millrace.standalone.demo.scenario;

import io.millrace.standalone.demo.scenario.Incident.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** One run of an agent while it is made up: what it does follows one after the other, and each takes its time. */
final class AgentRun {
    private static final double FAILING = 0.01;
    private static final double TRIED_AGAIN = 0.5;
    private static final double TOKENS_OF_A_QUERY = 14;
    private static final Lognormal OWN_MILLIS = new Lognormal(6, 0.6);
    private static final Lognormal RETRIEVAL_MILLIS = new Lognormal(45, 0.5);
    private static final Lognormal FAILING_MILLIS = new Lognormal(240, 0.5);

    private final Visit visit;
    private final IncidentPlan incidents;
    private final RandomGenerator random;
    private final List<SpanDraft> spans = new ArrayList<>();
    private Duration now;
    private int parent = SimulatedSpan.NO_PARENT;
    private Optional<Failure> lastFailure = Optional.empty();

    private AgentRun(Visit visit, Duration start, IncidentPlan incidents, RandomGenerator random) {
        this.visit = visit;
        this.now = start;
        this.incidents = incidents;
        this.random = random;
    }

    /** The spans of a visit that begins at that time. */
    static List<SimulatedSpan> spans(Visit visit, Duration start, IncidentPlan incidents, RandomGenerator random) {
        AgentRun run = new AgentRun(visit, start, incidents, random);
        run.delegate(visit.agent().id(), visit.agent()::work);
        return run.spans.stream().map(SpanDraft::finished).toList();
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Another agent does a part of the work, under a span of its own. */
    boolean delegate(String agent, Predicate<AgentRun> work) {
        boolean root = spans.isEmpty();
        SpanDraft span = begin("invoke_agent " + agent, "invoke_agent", false).put("gen_ai.agent.name", agent);
        if (root) {
            span.put("tag.tags", visit.agent().tags());
        }
        span.put("gen_ai.input.messages", visit.dialogue().input(agent));
        int outer = parent;
        parent = spans.size() - 1;
        pass(OWN_MILLIS.time(random));
        boolean answered = work.test(this);
        parent = outer;
        if (answered) {
            span.put("gen_ai.output.messages", visit.dialogue().output());
        } else {
            lastFailure.ifPresent(span::fail);
        }
        pass(OWN_MILLIS.time(random));
        span.end(now);
        return answered;
    }

    /** Turns the question into a vector; an agent goes on without it. */
    void embed() {
        Model model = Model.EMBEDDING;
        SpanDraft span = begin("embeddings " + model.requested(), "embeddings", true);
        name(span, model).put("gen_ai.usage.input_tokens", new Lognormal(TOKENS_OF_A_QUERY, 0.3).count(random));
        span.put("gen_ai.input.messages", visit.dialogue().question());
        if (chance(FAILING)) {
            fail(span, model.failure());
        } else {
            finish(span, model.firstToken(random));
        }
    }

    void retrieve(String source) {
        SpanDraft span = begin("retrieval " + source, "retrieval", true)
                .put("gen_ai.data_source.id", source)
                .put("gen_ai.retrieval.query.text", visit.dialogue().question())
                .put("gen_ai.retrieval.documents", "[{\"id\":\"" + source + "-17\",\"score\":0.83}]");
        finish(span, RETRIEVAL_MILLIS.time(random));
    }

    /** Calls a tool; an agent goes on without what it would have said. */
    void use(Tool tool) {
        Optional<Incident> burst = incidents.striking(Kind.ERROR_BURST, "tool", tool.id(), now);
        SpanDraft span = begin("execute_tool " + tool.id(), "execute_tool", false)
                .put("gen_ai.tool.name", tool.id())
                .put("gen_ai.tool.type", "function")
                .put("gen_ai.tool.call.arguments", tool.arguments());
        if (chance(burst.map(Incident::strength).orElse(FAILING))) {
            fail(span.strike(burst), tool.failure());
        } else {
            finish(
                    span.put("gen_ai.tool.call.result", tool.result()),
                    tool.millis().time(random));
        }
    }

    /** Asks a model and waits for its whole answer; a failed call is tried again, or not. */
    boolean ask(Prompt prompt, Model model) {
        return chat(prompt, model, false) || (chance(TRIED_AGAIN) && chat(prompt, model, false));
    }

    /** As {@link #ask}, with the answer shown to the user while it is written. */
    boolean tell(Prompt prompt, Model model) {
        return chat(prompt, model, true) || (chance(TRIED_AGAIN) && chat(prompt, model, true));
    }

    private boolean chat(Prompt prompt, Model model, boolean streaming) {
        SpanDraft span = name(begin("chat " + model.requested(), "chat", true), model)
                .put("gen_ai.prompt.name", prompt.name())
                .put("gen_ai.prompt.version", visit.promptVersion())
                .put("gen_ai.request.stream", streaming)
                .put("gen_ai.request.temperature", 0.2)
                .put("gen_ai.input.messages", visit.dialogue().input(prompt.name()));
        Optional<Incident> burst = incidents.striking(Kind.ERROR_BURST, "model", model.requested(), now);
        if (chance(burst.map(Incident::strength).orElse(FAILING))) {
            fail(span.strike(burst), model.failure());
            return false;
        }
        answer(span, prompt, model, streaming);
        return true;
    }

    private void answer(SpanDraft span, Prompt prompt, Model model, boolean streaming) {
        Optional<Incident> slow = incidents.striking(Kind.SLOW_MODEL, "model", model.requested(), now);
        int output = prompt.outputTokens().count(random) + reasoning(span, prompt, model);
        double pace = slow.map(Incident::strength).orElse(1.0);
        Duration first = times(model.firstToken(random), pace);
        Duration writing = times(model.writing(output, random), pace);
        input(span, prompt, model);
        span.strike(slow)
                .put("gen_ai.usage.output_tokens", output)
                .put("gen_ai.response.finish_reasons", List.of("stop"))
                .put("gen_ai.output.messages", visit.dialogue().output());
        if (streaming) {
            span.put("gen_ai.response.time_to_first_chunk", first.toNanos() / 1e9);
        }
        finish(span, first.plus(writing));
    }

    /** Tokens of thoughts, which are part of the output. */
    private int reasoning(SpanDraft span, Prompt prompt, Model model) {
        if (!model.reasons()) {
            return 0;
        }
        int tokens = prompt.outputTokens().count(random) * 2;
        span.put("gen_ai.usage.reasoning.output_tokens", tokens);
        return tokens;
    }

    private void input(SpanDraft span, Prompt prompt, Model model) {
        Optional<Incident> spike = incidents.striking(Kind.COST_SPIKE, "prompt", prompt.name(), now);
        int usual = prompt.inputTokens().count(random);
        span.strike(spike)
                .put(
                        "gen_ai.usage.input_tokens",
                        Math.round(usual * spike.map(Incident::strength).orElse(1.0)));
        // Instructions come first in a prompt and stay the same; what makes it long later is new each time.
        if (chance(prompt.cached())) {
            span.put("gen_ai.usage.cache_read.input_tokens", Math.round(usual * 0.6));
        } else if (model.provider().equals("anthropic")) {
            span.put("gen_ai.usage.cache_creation.input_tokens", Math.round(usual * 0.6));
        }
    }

    private SpanDraft begin(String name, String operation, boolean client) {
        SpanDraft span = new SpanDraft(parent, name, client, now)
                .put("gen_ai.operation.name", operation)
                .put("gen_ai.conversation.id", visit.session())
                .put("user.id", visit.user());
        spans.add(span);
        return span;
    }

    private static SpanDraft name(SpanDraft span, Model model) {
        return span.put("gen_ai.provider.name", model.provider())
                .put("gen_ai.request.model", model.requested())
                .put("gen_ai.response.model", model.answering());
    }

    private void fail(SpanDraft span, Failure failure) {
        lastFailure = Optional.of(failure);
        finish(span.fail(failure), FAILING_MILLIS.time(random));
    }

    private void finish(SpanDraft span, Duration took) {
        now = now.plus(took);
        span.end(now);
        pass(OWN_MILLIS.time(random));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private static Duration times(Duration duration, double factor) {
        return Duration.ofNanos(Math.round(duration.toNanos() * factor));
    }
}
