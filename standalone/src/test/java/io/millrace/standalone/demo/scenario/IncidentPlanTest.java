package io.millrace.standalone.demo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.demo.scenario.Incident.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IncidentPlanTest {
    @Test
    void isAFunctionOfItsSeed() {
        assertThat(IncidentPlan.of(7).incidents()).isEqualTo(IncidentPlan.of(7).incidents());
        assertThat(IncidentPlan.of(7).incidents())
                .isNotEqualTo(IncidentPlan.of(8).incidents());
    }

    @Test
    void eachKindHasItsTurnOneAfterTheOther() {
        for (long seed = 0; seed < 200; seed++) {
            List<Incident> incidents = IncidentPlan.of(seed).incidents();

            assertThat(incidents).extracting(Incident::kind).containsExactlyInAnyOrder(Kind.values());
            Duration begin = Duration.ofMinutes(2);
            for (Incident incident : incidents) {
                assertThat(incident.begin()).isEqualTo(begin);
                assertThat(incident.end().minus(begin)).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
                begin = begin.plusSeconds(45);
            }
        }
    }

    @Test
    void seedsDifferInOrderPlaceAndStrength() {
        List<IncidentPlan> plans =
                LongStream.range(0, 200).mapToObj(IncidentPlan::of).toList();

        Set<List<Kind>> orders = plans.stream()
                .map(plan -> plan.incidents().stream().map(Incident::kind).toList())
                .collect(Collectors.toSet());
        assertThat(orders).hasSize(24);
        assertThat(places(plans, Kind.SLOW_MODEL)).hasSize(6);
        assertThat(places(plans, Kind.ERROR_BURST)).hasSize(8);
        assertThat(places(plans, Kind.COST_SPIKE)).hasSize(4);
        assertThat(places(plans, Kind.SILENCE)).hasSize(3);
        assertThat(strengths(plans, Kind.SLOW_MODEL)).allMatch(factor -> factor >= 4 && factor <= 6);
        assertThat(strengths(plans, Kind.ERROR_BURST)).allMatch(share -> share >= 0.3 && share <= 0.6);
        assertThat(strengths(plans, Kind.COST_SPIKE)).allMatch(factor -> factor >= 10 && factor <= 20);
    }

    @Test
    void nothingStrikesElsewhereOrLater() {
        IncidentPlan plan = IncidentPlan.of(1);
        Incident slow = plan.incidents().stream()
                .filter(incident -> incident.kind() == Kind.SLOW_MODEL)
                .findFirst()
                .orElseThrow();
        String model = slow.place().value();

        assertThat(plan.striking(Kind.SLOW_MODEL, "model", model, slow.begin())).contains(slow);
        assertThat(plan.striking(Kind.SLOW_MODEL, "model", model, slow.end())).isEmpty();
        assertThat(plan.striking(Kind.SLOW_MODEL, "model", model + "-other", slow.begin()))
                .isEmpty();
        assertThat(IncidentPlan.calm().striking(Kind.SLOW_MODEL, "model", model, slow.begin()))
                .isEmpty();
    }

    private static Set<Incident.Place> places(List<IncidentPlan> plans, Kind kind) {
        return plans.stream()
                .flatMap(plan -> plan.incidents().stream())
                .filter(incident -> incident.kind() == kind)
                .map(Incident::place)
                .collect(Collectors.toSet());
    }

    private static List<Double> strengths(List<IncidentPlan> plans, Kind kind) {
        return plans.stream()
                .flatMap(plan -> plan.incidents().stream())
                .filter(incident -> incident.kind() == kind)
                .map(Incident::strength)
                .toList();
    }
}
