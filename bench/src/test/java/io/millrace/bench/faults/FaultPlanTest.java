package io.millrace.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    @Test
    void isAFunctionOfItsSeed() {
        assertThat(kills(7)).isEqualTo(kills(7)).isNotEqualTo(kills(8));
    }

    @Test
    void everyFaultHasItsTurn() {
        List<FaultPlan.Kill> kills = kills(3);
        for (int turn = 0; turn < kills.size(); turn += 4) {
            assertThat(kills.subList(turn, turn + 4))
                    .extracting(FaultPlan.Kill::fault)
                    .containsExactlyInAnyOrder(Fault.values());
        }
    }

    private static List<FaultPlan.Kill> kills(long seed) {
        FaultPlan plan = new FaultPlan(seed, List.of(Fault.values()));
        return Stream.generate(plan::next).limit(20).toList();
    }
}
