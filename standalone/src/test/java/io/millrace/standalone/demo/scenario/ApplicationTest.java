package io.millrace.standalone.demo.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.standalone.demo.scenario.Incident.Kind;
import io.opentelemetry.api.common.AttributeKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ApplicationTest {
    private static final long SEED = 3;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
    private static final AttributeKey<Long> INPUT = AttributeKey.longKey("gen_ai.usage.input_tokens");
    private static final AttributeKey<Long> CACHED = AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");

    private static final List<SimulatedTrace> CALM = during(HOUR, IncidentPlan.calm());

    @Test
    void theSameSeedDoesTheSame() {
        Duration minute = Duration.ofMinutes(1);

        assertThat(during(minute, IncidentPlan.calm())).isEqualTo(during(minute, IncidentPlan.calm()));
        assertThat(traces(4, minute, IncidentPlan.calm())).isNotEqualTo(during(minute, IncidentPlan.calm()));
    }

    @Test
    void twentyTracesASecondWithModestBursts() {
        long[] perTenSeconds = new long[360];
        CALM.forEach(trace -> perTenSeconds[(int) (trace.start().toSeconds() / 10)]++);

        assertThat(CALM.size() / 3_600.0).isBetween(18.0, 23.0);
        assertThat(Arrays.stream(perTenSeconds)
                        .filter(n -> n >= 140 && n <= 260)
                        .count())
                .isGreaterThan(340);
        assertThat(spans(CALM).size() / 3_600.0).isBetween(100.0, 150.0);
    }

    @Test
    void oneSpanInHundredFails() {
        assertThat(share(spans(CALM), span -> span.failure().isPresent())).isBetween(0.006, 0.014);
    }

    @Test
    void isSpreadOverEnvironmentsModelsAndUsers() {
        assertThat(share(CALM, trace -> trace.deployment() == Deployment.STAGING))
                .isCloseTo(0.14, within(0.01));
        assertThat(share(CALM, trace -> trace.deployment() == Deployment.CANARY))
                .isCloseTo(0.22, within(0.01));
        Map<String, Long> models = spans(CALM).stream()
                .filter(span -> span.attributes().get(MODEL) != null)
                .collect(Collectors.groupingBy(span -> span.attributes().get(MODEL), Collectors.counting()));
        assertThat(models).hasSize(7);
        // A call every half second at least: enough for the loss of one to show in seconds.
        assertThat(models.values()).allMatch(calls -> calls / 3_600.0 > 2);
        assertThat(texts(CALM, "user.id")).hasSizeGreaterThan(1_000);
        assertThat(texts(CALM, "gen_ai.prompt.version")).containsExactlyInAnyOrder("11", "12");
    }

    @Test
    void tokensAreCachedThoughtAndStreamedSometimes() {
        List<SimulatedSpan> chats = chats(CALM);

        assertThat(share(chats, span -> span.attributes().get(CACHED) != null)).isBetween(0.3, 0.6);
        assertThat(texts(CALM, "gen_ai.provider.name")).containsExactlyInAnyOrder("openai", "anthropic", "gcp.gemini");
        assertThat(chats).anyMatch(span -> has(span, "gen_ai.usage.reasoning.output_tokens"));
        assertThat(chats).anyMatch(span -> has(span, "gen_ai.response.time_to_first_chunk"));
        assertThat(chats)
                .filteredOn(span -> span.attributes().get(CACHED) != null)
                .allMatch(span ->
                        span.attributes().get(CACHED) < span.attributes().get(INPUT) * 2);
    }

    @Test
    void spansLieWithinTheirParents() {
        assertThat(CALM).allSatisfy(trace -> {
            List<SimulatedSpan> spans = trace.spans();
            assertThat(spans.get(0).parent()).isEqualTo(SimulatedSpan.NO_PARENT);
            for (int i = 1; i < spans.size(); i++) {
                SimulatedSpan span = spans.get(i);
                assertThat(span.parent()).isBetween(0, i - 1);
                assertThat(span.start()).isBetween(spans.get(span.parent()).start(), span.end());
                assertThat(span.end())
                        .isLessThanOrEqualTo(spans.get(span.parent()).end());
            }
        });
    }

    @Test
    void anIncidentStrikesItsPlaceAndNothingElse() {
        IncidentPlan plan = IncidentPlan.of(SEED);
        List<SimulatedTrace> troubled = during(Duration.ofMinutes(6), plan);

        for (Incident incident : plan.incidents()) {
            if (incident.kind() == Kind.SILENCE) {
                List<SimulatedTrace> silent = troubled.stream()
                        .filter(trace -> trace.silencedBy().isPresent())
                        .toList();
                assertThat(silent).isNotEmpty().allMatch(trace -> incident.isOn(trace.start()));
            } else {
                assertThat(spans(troubled).stream()
                                .filter(span ->
                                        span.struckBy().filter(incident::equals).isPresent()))
                        .hasSizeGreaterThan(15)
                        .allMatch(span -> incident.isOn(span.start()))
                        .allMatch(span -> span.attributes()
                                .asMap()
                                .containsValue(incident.place().value()));
            }
        }
    }

    @Test
    void aSlowModelTakesAsMuchLongerAsItIsSaid() {
        SimulatedTimes times = new SimulatedTimes(Kind.SLOW_MODEL, MODEL);

        assertThat(times.meanMillis(true) / times.meanMillis(false))
                .isCloseTo(times.incident().strength(), Percentage.withPercentage(25));
    }

    @Test
    void aDearPromptTakesAsManyMoreTokensAsItIsSaid() {
        SimulatedTimes times = new SimulatedTimes(Kind.COST_SPIKE, AttributeKey.stringKey("gen_ai.prompt.name"));

        assertThat(times.meanInput(true) / times.meanInput(false))
                .isCloseTo(times.incident().strength(), Percentage.withPercentage(25));
    }

    @Test
    void anErrorBurstFailsTheShareThatItIsSaid() {
        for (long seed = 0; seed < 8; seed++) {
            IncidentPlan plan = IncidentPlan.of(seed);
            Incident burst = first(plan, Kind.ERROR_BURST);
            String place = burst.place().value();
            List<SimulatedSpan> calls = spans(traces(seed, Duration.ofMinutes(6), plan)).stream()
                    .filter(span -> burst.isOn(span.start()))
                    .filter(span ->
                            span.name().equals("chat " + place) || span.name().equals("execute_tool " + place))
                    .toList();

            assertThat(share(calls, span -> span.failure().isPresent())).isCloseTo(burst.strength(), within(0.15));
        }
    }

    /** The calls of an incident's place, while it is on and before. */
    private static final class SimulatedTimes {
        private final Incident incident;
        private final List<SimulatedSpan> calls;

        SimulatedTimes(Kind kind, AttributeKey<String> dimension) {
            IncidentPlan plan = IncidentPlan.of(SEED);
            this.incident = first(plan, kind);
            this.calls = chats(during(Duration.ofMinutes(6), plan)).stream()
                    .filter(span -> span.failure().isEmpty())
                    .filter(span ->
                            incident.place().value().equals(span.attributes().get(dimension)))
                    .toList();
        }

        Incident incident() {
            return incident;
        }

        double meanMillis(boolean on) {
            return calls.stream()
                    .filter(span -> incident.isOn(span.start()) == on)
                    .mapToLong(span -> span.end().minus(span.start()).toMillis())
                    .average()
                    .orElseThrow();
        }

        double meanInput(boolean on) {
            return calls.stream()
                    .filter(span -> incident.isOn(span.start()) == on)
                    .mapToLong(span -> span.attributes().get(INPUT))
                    .average()
                    .orElseThrow();
        }
    }

    private static Incident first(IncidentPlan plan, Kind kind) {
        return plan.incidents().stream()
                .filter(incident -> incident.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static List<SimulatedTrace> during(Duration time, IncidentPlan plan) {
        return traces(SEED, time, plan);
    }

    private static List<SimulatedTrace> traces(long seed, Duration time, IncidentPlan plan) {
        Application application = new Application(seed, plan);
        List<SimulatedTrace> traces = new ArrayList<>();
        for (SimulatedTrace next = application.next(); next.start().compareTo(time) < 0; next = application.next()) {
            traces.add(next);
        }
        return traces;
    }

    private static List<SimulatedSpan> spans(List<SimulatedTrace> traces) {
        return traces.stream().flatMap(trace -> trace.spans().stream()).toList();
    }

    private static List<SimulatedSpan> chats(List<SimulatedTrace> traces) {
        return spans(traces).stream()
                .filter(span -> span.name().startsWith("chat "))
                .toList();
    }

    private static Set<String> texts(List<SimulatedTrace> traces, String key) {
        return spans(traces).stream()
                .map(span -> span.attributes().get(AttributeKey.stringKey(key)))
                .filter(text -> text != null)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean has(SimulatedSpan span, String key) {
        return span.attributes().asMap().keySet().stream()
                .anyMatch(name -> name.getKey().equals(key));
    }

    private static <T> double share(List<T> all, Predicate<T> some) {
        return (double) all.stream().filter(some).count() / all.size();
    }
}
