package io.millrace.bench.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.clients.ClientProgram;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PersistenceTest {
    private static final Duration OUTAGE = Duration.ofSeconds(20);

    @Test
    void aBatchIsLostThatIsGivenUpBeforeTheEnd() {
        Persistence tenSeconds = Persistence.inTurn(10, 10, "");

        // Sent last just before: a batch of 5 s begins at 5 and is dropped at 15, the next begins at 20.
        assertThat(tenSeconds.leastLost(Outage.KAFKA, OUTAGE)).isEqualTo(Duration.ofSeconds(5));
        assertThat(tenSeconds.leastLost(Outage.KAFKA, Duration.ofSeconds(15))).isZero();
    }

    @Test
    void whatGathersMeanwhileIsLostWithTheNextBatch() {
        Persistence once = Persistence.inTurn(3.5, 0, "");

        // 5 s are dropped after 3.5 s, and another 5 s later the 8.5 s since; the batch after that is answered.
        assertThat(once.leastLost(Outage.KAFKA, OUTAGE)).isEqualTo(Duration.ofMillis(13_500));
    }

    @Test
    void anOutageBetweenTwoBatchesLosesNothing() {
        Persistence once = Persistence.inTurn(3.5, 0, "");

        assertThat(once.leastLost(Outage.EDGE, Duration.ofSeconds(4))).isZero();
        assertThat(once.leastLost(Outage.EDGE, Duration.ofSeconds(6))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void batchesSideBySideAreEachTriedInTheirTime() {
        Persistence patient = Persistence.sideBySide(1, 23, 9, "");

        assertThat(patient.leastLost(Outage.KAFKA, OUTAGE)).isZero();
        // Those of the seconds 1 to 10; the one of the second 11 is tried until 20.
        assertThat(patient.leastLost(Outage.EDGE, OUTAGE)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void nothingHasToBeLostToWhatCanBeDoneWithoutOrToSomebodyElsesFlood() {
        Persistence once = Persistence.inTurn(3.5, 0, "");

        assertThat(once.leastLost(Outage.REDIS, OUTAGE)).isZero();
        assertThat(once.leastLost(Outage.OVERLOAD, OUTAGE)).isZero();
    }

    @Test
    void somethingIsRecordedOfEveryClient() {
        assertThat(ClientProgram.all())
                .allSatisfy(program ->
                        assertThat(RecordedFailures.of(program.name()).reason()).isNotEmpty());
    }
}
