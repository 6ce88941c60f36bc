package io.millrace.bench.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.clients.Persistence.Patience;
import io.millrace.clients.ClientProgram;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PersistenceTest {
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    private static final Patience ONE_TRY = Patience.seconds(0, 3.5);
    private static final Patience NONE = Patience.seconds(0, 0);

    @Test
    void aBatchIsLostThatIsGivenUpBeforeTheEnd() {
        Persistence tenSeconds = Persistence.inTurn(5, Patience.seconds(8, 10), NONE, "");

        // Sent last just before: a batch of 5 s begins at 5, is dropped at 15 and written at 21 at the latest.
        assertThat(tenSeconds.leastLost(Outage.KAFKA, Duration.ofSeconds(22))).isEqualTo(Duration.ofSeconds(5));
        assertThat(tenSeconds.leastLost(Outage.KAFKA, Duration.ofSeconds(21))).isZero();
    }

    @Test
    void atWorstABatchBeginsAtOnceAndTheNextOneIsGivenUpBeforeTheEndAsWell() {
        Persistence tenSeconds = Persistence.inTurn(5, Patience.seconds(8, 10), NONE, "");

        // 5 s at 0, dropped at 10; the 15 s since then at 15, last tried at 23.
        assertThat(tenSeconds.mostLost(Outage.KAFKA, Duration.ofSeconds(24))).isEqualTo(Duration.ofSeconds(20));
        // The first one alone, as the second is tried until 21 at least.
        assertThat(tenSeconds.mostLost(Outage.KAFKA, OUTAGE)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatGathersMeanwhileIsLostWithTheNextBatch() {
        Persistence once = Persistence.inTurn(5, ONE_TRY, NONE, "");

        // 5 s are dropped at 8.5, and the 8.5 s since then at 17; what is dropped at 25.5 is written.
        assertThat(once.leastLost(Outage.KAFKA, Duration.ofSeconds(30))).isEqualTo(Duration.ofMillis(13_500));
        // Those before 0, 8.5 and 17, of which the first began 5 s before.
        assertThat(once.mostLost(Outage.KAFKA, OUTAGE)).isEqualTo(Duration.ofSeconds(22));
    }

    @Test
    void anOutageBetweenTwoBatchesLosesNothing() {
        Persistence once = Persistence.inTurn(5, ONE_TRY, NONE, "");

        assertThat(once.leastLost(Outage.EDGE, Duration.ofSeconds(4))).isZero();
        assertThat(once.leastLost(Outage.EDGE, Duration.ofSeconds(6))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void batchesSideBySideAreEachTriedInTheirTime() {
        Persistence patient = Persistence.sideBySide(1, Patience.seconds(18, 23), Patience.seconds(9, 9), "");

        assertThat(patient.leastLost(Outage.KAFKA, OUTAGE)).isZero();
        // Those that begin at 0 and at 1; the one at 2 is tried until 20 at least.
        assertThat(patient.mostLost(Outage.KAFKA, OUTAGE)).isEqualTo(Duration.ofSeconds(2));
        // Those of the seconds 1 to 10; the one of the second 11 is tried until 20.
        assertThat(patient.leastLost(Outage.EDGE, OUTAGE)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void nothingHasToBeLostToWhatCanBeDoneWithoutOrToSomebodyElsesFlood() {
        Persistence once = Persistence.inTurn(5, ONE_TRY, NONE, "");

        assertThat(once.leastLost(Outage.REDIS, OUTAGE)).isZero();
        assertThat(once.leastLost(Outage.OVERLOAD, OUTAGE)).isZero();
        assertThat(once.mostLost(Outage.REDIS, OUTAGE)).isZero();
        assertThat(once.mostLost(Outage.OVERLOAD, OUTAGE)).isZero();
    }

    @Test
    void somethingIsRecordedOfEveryClient() {
        assertThat(ClientProgram.all())
                .allSatisfy(program ->
                        assertThat(RecordedFailures.of(program.name()).reason()).isNotEmpty());
    }
}
