package io.millrace.query.rejected;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.query.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogReplayTest {
    private static final Rejected REJECTED = new Rejected(
            UUID.randomUUID(),
            UUID.randomUUID(),
            Instant.EPOCH,
            new Rejected.Position(0, 0),
            "undecodable",
            1,
            1,
            new byte[32],
            null,
            false);

    /** Behind others that wait for a log that is away: whoever asked is told, and the log is left alone. */
    @Test
    void whatHadToWaitTooLongIsNotTried() {
        LogReplay replay = new LogReplay(
                () -> {
                    throw new AssertionError("nobody waits for it any more");
                },
                () -> {
                    throw new AssertionError("nobody waits for it any more");
                },
                () -> Duration.ofSeconds(16).toNanos());

        assertThatThrownBy(() -> replay.append(REJECTED, Instant.EPOCH, 0))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("the log does not answer");
    }
}
