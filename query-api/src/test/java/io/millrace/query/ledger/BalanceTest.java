package io.millrace.query.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BalanceTest {
    /** 100 in the log until the checkpoint: 90 rows, 4 merged, 5 duplicate, 1 quarantined; 20 beyond. */
    private static Balance balance(long rows) {
        return balance(rows, 0);
    }

    private static Balance balance(long rows, long expired) {
        return balance(rows, expired, 0);
    }

    private static Balance balance(long rows, long expired, long waiting) {
        var log = new LogCounts(100, Map.of("too_old", 2L), Map.of("metrics", 7L));
        var counted = new Balance.Counted(log, 4, 5, waiting, Map.of("undecodable", 1L));
        return new Balance(
                counted, rows, expired, new LogCounts(20, Map.of("too_old", 1L, "missing_id", 1L), Map.of("logs", 3L)));
    }

    @Test
    void holdsBothEquations() {
        Balance balance = balance(90);

        assertThat(balance.accepted()).isEqualTo(130);
        assertThat(balance.refused()).containsOnly(Map.entry("too_old", 3L), Map.entry("missing_id", 1L));
        assertThat(balance.received()).isEqualTo(134);
        assertThat(balance.ignored()).containsOnly(Map.entry("metrics", 7L), Map.entry("logs", 3L));
        assertThat(balance.inFlight()).isEqualTo(20);
        assertThat(balance.balanced()).isTrue();
    }

    @Test
    void seesOneRowTooFewAndOneTooMany() {
        assertThat(balance(89).balanced()).isFalse();
        assertThat(balance(91).balanced()).isFalse();
    }

    @Test
    void whatWaitsForTheRestOfItsSpanIsInFlight() {
        Balance balance = balance(88, 0, 2);

        assertThat(balance.inFlight()).isEqualTo(22);
        assertThat(balance.balanced()).isTrue();
        assertThat(balance(87, 0, 2).balanced()).isFalse();
    }

    @Test
    void whatRetentionDeletedWasStored() {
        Balance balance = balance(20, 70);

        assertThat(balance.stored()).isEqualTo(90);
        assertThat(balance.balanced()).isTrue();
        assertThat(balance(20, 69).balanced()).isFalse();
    }
}
