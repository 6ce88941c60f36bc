package io.millrace.bench.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An endless sequence of requests. Each is a function of (seed, run, worker, sequence) and the schedule, so that one can
 * be built again, to the byte, whenever it has to be sent again. 200 series of model calls: five models, ten operations,
 * four environments.
 */
public final class Workload {
    private static final List<String> ENVIRONMENTS = List.of("production", "staging", "canary", "development");
    private static final List<Model> MODELS =
            List.of(Model.GPT_4O_MINI, Model.GPT_4O, Model.CLAUDE_SONNET_4, Model.GPT_4_1_MINI, Model.O4_MINI);
    private static final List<String> OPERATIONS = List.of(
            "classify ticket",
            "route ticket",
            "summarise thread",
            "draft answer",
            "check policy",
            "translate answer",
            "extract order",
            "rate sentiment",
            "rewrite question",
            "plan next step");
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final long identity;
    private final Shape shape;
    private final List<RequestTemplate[]> templates = new ArrayList<>();
    private final List<Series> series;

    /** Tells apart what must never share an id. */
    public record Identity(long seed, long run, int worker) {}

    /**
     * How requests look.
     *
     * @param traces how many traces, of six spans each, begin with a batch
     * @param split whether a batch takes two requests, the inner spans apart from their parents
     * @param textEvery one span in so many carries a prompt and an answer; 0: none
     * @param lateEvery one batch in so many ended five or twenty minutes before it is sent; 0: none
     */
    public record Shape(int traces, boolean split, int textEvery, int lateEvery) {
        public static final int SPANS_PER_TRACE = Place.WHOLE.size();

        public Shape {
            if (traces < 1) {
                throw new IllegalArgumentException("a batch needs at least one trace");
            }
        }

        public int spansPerRequest() {
            return traces * SPANS_PER_TRACE / (split ? 2 : 1);
        }
    }

    public Workload(Identity id, Shape shape) {
        this.identity = Mix.of(Mix.of(id.seed, id.run), id.worker);
        this.shape = shape;
        Map<Series, Integer> numbers = new LinkedHashMap<>();
        int calls = 2 * shape.traces;
        int variants = (MODELS.size() * OPERATIONS.size() + calls - 1) / calls;
        for (int variant = 0; variant < variants; variant++) {
            for (String environment : ENVIRONMENTS) {
                templates.add(templates(new Service(environment), variant, numbers));
            }
        }
        series = List.copyOf(numbers.keySet());
    }

    /** The series of the spans, by number. */
    public List<Series> series() {
        return series;
    }

    public int spansPerRequest() {
        return shape.spansPerRequest();
    }

    /** Bytes of the longest request. */
    public int longestRequest() {
        int longest = 0;
        for (RequestTemplate[] halves : templates) {
            for (RequestTemplate template : halves) {
                longest = Math.max(longest, template.length());
            }
        }
        return longest;
    }

    /** Writes a request to the beginning of {@code target} and returns its length. */
    public int fill(Schedule schedule, long sequence, byte[] target) {
        RequestTemplate template = template(sequence);
        template.fill(traces(sequence), spanTime(schedule, sequence), target);
        return template.length();
    }

    /** Adds what the request amounts to. */
    void count(Schedule schedule, long sequence, Truth truth) {
        template(sequence).count(traces(sequence), spanTime(schedule, sequence), truth);
    }

    private long batch(long sequence) {
        return shape.split ? sequence / 2 : sequence;
    }

    private RequestTemplate template(long sequence) {
        RequestTemplate[] halves = templates.get((int) (batch(sequence) % templates.size()));
        return halves[(int) (sequence % halves.length)];
    }

    private TraceNumbers[] traces(long sequence) {
        TraceNumbers[] traces = new TraceNumbers[shape.traces];
        for (int i = 0; i < traces.length; i++) {
            traces[i] = new TraceNumbers(Mix.of(identity, batch(sequence) * shape.traces + i));
        }
        return traces;
    }

    /** What the times of the batch's spans count back from: when its first request is due. */
    private long spanTime(Schedule schedule, long sequence) {
        long batch = batch(sequence);
        long due = schedule.dueNanos(shape.split ? batch * 2 : batch);
        long number = Mix.of(identity ^ 1, batch);
        if (shape.lateEvery == 0 || Mix.below(number, shape.lateEvery) != 0) {
            return due;
        }
        return due - (number < 0 ? 5 : 20) * MINUTE_NANOS;
    }

    private RequestTemplate[] templates(Service service, int variant, Map<Series, Integer> numbers) {
        if (!shape.split) {
            return new RequestTemplate[] {RequestTemplate.of(service, plans(variant, Place.WHOLE), numbers)};
        }
        RequestTemplate inner = RequestTemplate.of(service, plans(variant, Place.INNER_HALF), numbers);
        RequestTemplate outer = RequestTemplate.of(service, plans(variant, Place.OUTER_HALF), numbers);
        return variant % 2 == 0 ? new RequestTemplate[] {inner, outer} : new RequestTemplate[] {outer, inner};
    }

    private List<SpanPlan> plans(int variant, List<Place> places) {
        List<SpanPlan> plans = new ArrayList<>();
        for (int trace = 0; trace < shape.traces; trace++) {
            int pair = 2 * (variant * shape.traces + trace);
            for (Place place : places) {
                plans.add(plan(trace, place, pair));
            }
        }
        return plans;
    }

    private SpanPlan plan(int trace, Place place, int pair) {
        Model first = MODELS.get(pair % MODELS.size());
        Model second = MODELS.get((pair + 1) % MODELS.size());
        boolean embeds = pair % 8 == 0;
        boolean fails = pair % 22 == 0;
        return switch (place) {
            case AGENT -> new SpanPlan(trace, place, Kind.AGENT, "support-desk", null, first, second, fails, false);
            case LOOKUP ->
                embeds
                        ? new SpanPlan(
                                trace,
                                place,
                                Kind.EMBEDDING,
                                "embed query",
                                Model.TEXT_EMBEDDING_3_SMALL,
                                first,
                                second,
                                false,
                                false)
                        : new SpanPlan(
                                trace, place, Kind.RETRIEVER, "search handbook", null, first, second, false, false);
            case FIRST_CALL ->
                new SpanPlan(trace, place, Kind.LLM, operation(pair), first, first, second, fails, text(pair));
            case OUTER_CALL -> new SpanPlan(trace, place, Kind.LLM, "generate", second, first, second, false, false);
            case INNER_CALL ->
                new SpanPlan(trace, place, Kind.LLM, operation(pair + 1), second, first, second, false, text(pair + 1));
            case TOOL ->
                new SpanPlan(trace, place, Kind.TOOL, "look up order", null, first, second, pair % 14 == 0, false);
        };
    }

    private boolean text(int call) {
        int callsPerThreeSpans = 3;
        return shape.textEvery > 0 && call * callsPerThreeSpans % shape.textEvery < callsPerThreeSpans;
    }

    private static String operation(int call) {
        return OPERATIONS.get(call / MODELS.size() % OPERATIONS.size());
    }
}
