package io.millrace.ingest.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final Leases leases = new Leases();

    private static List<Bucket> spans(UUID project, long perSecond, long burst) {
        return Allowance.of(project, new Rates(new Limit(perSecond, burst), null), null, Rates.NONE)
                .spans();
    }

    private static List<Charge> charges(long perSecond, long burst, long units) {
        return Allowance.charges(spans(new UUID(1, 1), perSecond, burst), units);
    }

    @Test
    void aHundredthOfASecondOrOfTheBurstIsTakenAhead() {
        assertThat(leases.ask(charges(50_000, 100_000, 100))).isEqualTo(500);
        assertThat(leases.ask(charges(100_000, 50_000, 100))).isEqualTo(500);
    }

    @Test
    void nothingIsTakenAheadOfALimitThatIsNotFarAway() {
        assertThat(leases.ask(charges(19_999, 100_000, 100))).isZero();
        assertThat(leases.ask(charges(20_000, 100_000, 100))).isEqualTo(200);
    }

    @Test
    void whatIsAheadIsTakenOnce() {
        List<Charge> charges = charges(50_000, 50_000, 100);
        assertThat(leases.take(charges)).isFalse();
        leases.answered(charges, leases.ask(charges));

        int taken = 0;
        while (leases.take(charges)) {
            taken++;
        }
        assertThat(taken).isEqualTo(5);
    }

    @Test
    void onlyOneAsksAtATime() {
        List<Charge> charges = charges(50_000, 50_000, 100);
        assertThat(leases.ask(charges)).isEqualTo(500);
        assertThat(leases.ask(charges)).isZero();
        leases.answered(charges, 500);
        assertThat(leases.ask(charges)).isEqualTo(500);
    }

    @Test
    void whoIsAtTheLimitAsksForItselfForAWhile() {
        List<Charge> charges = charges(50_000, 50_000, 100);
        assertThat(leases.ask(charges)).isEqualTo(500);
        leases.answered(charges, 0);

        int alone = 0;
        while (leases.ask(charges) == 0) {
            alone++;
        }
        assertThat(alone).isEqualTo(16);
    }

    @Test
    void bucketsOfDifferentUnitsAreNotTakenFromAhead() {
        List<Charge> mixed = new ArrayList<>(charges(50_000, 50_000, 100));
        mixed.addAll(Allowance.charges(spans(new UUID(1, 2), 50_000, 50_000), 1));
        assertThat(leases.ask(mixed)).isZero();
    }

    @Test
    void thoseThatWereNotUsedLongestAreForgotten() {
        for (int i = 0; i < 20_001; i++) {
            List<Charge> charges = Allowance.charges(spans(new UUID(2, i), 50_000, 50_000), 100);
            leases.answered(charges, leases.ask(charges));
        }
        assertThat(leases.take(Allowance.charges(spans(new UUID(2, 0), 50_000, 50_000), 100)))
                .isFalse();
        assertThat(leases.take(Allowance.charges(spans(new UUID(2, 1), 50_000, 50_000), 100)))
                .isTrue();
    }
}
