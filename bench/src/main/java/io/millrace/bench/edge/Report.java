package io.millrace.bench.edge;

import io.millrace.bench.command.Results;
import io.millrace.bench.edge.Overload.Level;
import io.millrace.bench.edge.Overload.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Says what was measured, with the goals beside it. */
final class Report {
    private static final double GOODPUT_GOAL = 0.9;
    private static final double MEMORY_GOAL = 1.2;
    private static final double MIB = 1 << 20;

    private final Results results;
    private boolean reached = true;

    Report(Results results) {
        this.results = results;
    }

    /** Whether every goal was reached so far. */
    boolean isReached() {
        return reached;
    }

    /** Counts something as a goal that is missed. */
    void miss(String why) {
        reached = false;
        results.say("NOT AS PROMISED: " + why);
    }

    void payload(PayloadFigures figures) {
        String payload = figures.payload().label();
        results.say(payload + ": spans per processor second of the process that takes them");
        for (Line line : Line.values()) {
            if (!figures.of(line).isEmpty()) {
                line(payload, line, figures.of(line));
            }
        }
        limit(payload, figures.limits());
        figures.ratios().forEach(ratio -> ratio(payload, ratio));
        if (figures.payload() == Payload.LLM) {
            spread(payload + "_masking_cost", figures.maskingMicrosPerKb(), 2, "us per KB of text");
        }
    }

    private void line(String payload, Line line, List<Measurement> measured) {
        String name = payload + "_" + line.label();
        Spread spans = spread(measured, Measurement::spansPerProcessorSecond);
        double micros = spread(measured, Measurement::microsPerSpan).median();
        double wall = spread(measured, Measurement::spansPerSecond).median();
        double broker =
                spread(measured, one -> perSpan(one, one.used().broker())).median();
        double redis = spread(measured, one -> perSpan(one, one.used().redis())).median();
        double generator = spread(
                        measured,
                        one -> (double) one.used().generator() / one.used().all())
                .median();
        double compiling = spread(measured, Measurement::compiling).most();
        Map<String, Object> kept = kept(spans);
        kept.put("us_per_span", micros);
        kept.put("compiling_at_most", compiling);
        kept.put("wall_spans_per_second", wall);
        // Behind the peer there is nothing.
        if (line != Line.ZIPKIN) {
            kept.put("broker_us_per_span", broker);
            kept.put("redis_us_per_span", redis);
        }
        kept.put("generator_share", generator);
        results.keep(name, kept);
        results.say(String.format(
                Locale.ROOT,
                "  %-22s %-32s %6.2f us/span  wall %,9.0f/s  generator %2.0f %% compiling %2.0f %%%s",
                name.replace('_', ' '),
                spans.text(0),
                micros,
                wall,
                100 * generator,
                100 * compiling,
                line == Line.ZIPKIN
                        ? ""
                        : String.format(Locale.ROOT, "  broker %.2f redis %.2f us/span", broker, redis)));
        for (Measurement one : measured) {
            if (!one.counts().isClean()) {
                miss(name + ", " + problems(one.counts()));
            }
        }
    }

    private static double perSpan(Measurement measured, long micros) {
        return (double) micros / measured.spans();
    }

    private void limit(String payload, List<PhysicalLimit> limits) {
        limit(payload + "_limit_parse", limits, PhysicalLimit::parse);
        limit(payload + "_limit_producer", limits, PhysicalLimit::producer);
        limit(payload + "_limit_producer_of_single_spans", limits, PhysicalLimit::singles);
        limit(payload + "_limit", limits, PhysicalLimit::spansPerSecond);
        limit(payload + "_limit_of_single_spans", limits, PhysicalLimit::singlesPerSecond);
    }

    private void limit(String name, List<PhysicalLimit> limits, ToDoubleFunction<PhysicalLimit> figure) {
        spread(name, spread(limits, figure), 0, "spans per processor second");
    }

    /** @param of what it is a ratio of */
    void ratio(String of, Ratio ratio) {
        Map<String, Object> kept = kept(ratio.value());
        ratio.goal().ifPresent(goal -> kept.put("goal", goal));
        results.keep(of + "_" + ratio.name(), kept);
        reached &= ratio.isReached();
        say(of + "_" + ratio.name(), ratio.value().text(2), goal(ratio.goal(), ratio.isReached()));
    }

    private static String goal(OptionalDouble goal, boolean isReached) {
        return goal.isEmpty() ? "" : "goal " + goal.getAsDouble() + (isReached ? "" : ", MISSED");
    }

    /** @param rounds of the same edge, one after the other; the goodput of the first is told but does not count */
    void overload(Payload payload, Line line, List<Outcome> rounds) {
        String name = payload.label() + (line == Line.PROTOBUF ? "" : "_" + line.label()) + "_overload";
        results.say(name.replace('_', ' ') + ":");
        for (int i = 0; i < rounds.size(); i++) {
            String round = i == 0 ? "_warm_up_" : "_" + i + "_";
            for (Level level : rounds.get(i).levels()) {
                level(name + round + level.name(), level);
            }
        }
        Outcome first = rounds.get(0);
        List<Outcome> warm = rounds.subList(1, rounds.size());
        spread(name + "_warm_up_goodput_to_peak", spread(List.of(first), Outcome::kept), 2, "");
        spread(name + "_offered_to_peak", spread(warm, Outcome::offered), 2, "");
        ratio(name, new Ratio("goodput_to_peak", spread(warm, Outcome::kept), OptionalDouble.of(GOODPUT_GOAL)));
        limits(name, warm);
        long before = first.levels().get(0).resident();
        memory(name + "_memory_to_first_level", spread(rounds, round -> (double) round.resident() / before));
        results.figure(
                name + "_unanswered",
                rounds.stream().mapToLong(Outcome::unanswered).sum(),
                "requests");
        if (!rounds.stream().allMatch(Outcome::isAnswered)) {
            miss(name + ": not every request was taken or refused with Retry-After");
        }
    }

    /** Where nothing was refused there is no such limit. */
    private void limits(String name, List<Outcome> rounds) {
        if (rounds.stream().allMatch(round -> round.flood().refused() > 0)) {
            spread(name + "_refusal", spread(rounds, Outcome::refusal), 1, "us");
            spread(name + "_bare_refusal", spread(rounds, Outcome::bareRefusal), 1, "us");
            spread(name + "_goodput_to_peak_at_most", spread(rounds, Outcome::keptAtMost), 2, "");
            spread(name + "_share_of_limit", spread(rounds, round -> round.kept() / round.keptAtMost()), 2, "");
        }
    }

    private void memory(String name, Spread growth) {
        boolean isReached = growth.most() <= MEMORY_GOAL;
        reached &= isReached;
        Map<String, Object> kept = kept(growth);
        kept.put("goal", MEMORY_GOAL);
        results.keep(name, kept);
        say(name, growth.text(2), "goal at most " + MEMORY_GOAL + (isReached ? "" : ", MISSED"));
    }

    private void level(String name, Level level) {
        double broker = perSpan(level.measured(), level.measured().used().broker());
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("offered_spans_per_second", level.offered());
        kept.put("goodput_spans_per_second", level.goodput());
        kept.put("spans_per_processor_second", level.measured().spansPerProcessorSecond());
        kept.put("broker_micros_per_span", broker);
        kept.put("resident_mib", level.resident() / MIB);
        kept.put("requests", level.total());
        results.keep(name, kept);
        results.say(String.format(
                Locale.ROOT,
                "  %-40s offered %,9.0f/s goodput %,9.0f/s  %,9.0f spans/CPU-s  broker %.2f us/span  resident %4.0f MiB  %s",
                name.replace('_', ' '),
                level.offered(),
                level.goodput(),
                level.measured().spansPerProcessorSecond(),
                broker,
                level.resident() / MIB,
                problems(level.total())));
    }

    private static String problems(LoadTally.Counts counts) {
        return counts.sent() + " requests: " + counts.taken() + " taken, " + counts.refused()
                + " refused with Retry-After, " + counts.unanswered() + " unanswered"
                + (counts.wrong().isEmpty() ? "" : ", " + counts.wrong());
    }

    private void spread(String name, Spread value, int digits, String unit) {
        results.keep(name, kept(value));
        say(name, value.text(digits), unit);
    }

    private void say(String name, String value, String unit) {
        results.say(String.format("  %-44s %s %s", name.replace('_', ' '), value, unit)
                .stripTrailing());
    }

    private static <T> Spread spread(List<T> all, ToDoubleFunction<T> figure) {
        return Spread.of(all.stream().map(figure::applyAsDouble).toList());
    }

    private static Map<String, Object> kept(Spread spread) {
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("median", spread.median());
        kept.put("min", spread.least());
        kept.put("max", spread.most());
        return kept;
    }
}
