package io.millrace.query.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveCursorTest {
    @Test
    void isReadAsItWasWritten() {
        long[] positions = {0, 1, 127, 128, 16_384, Long.MAX_VALUE};

        String text = LiveCursor.encode(Channel.TRACES, positions);

        assertThat(LiveCursor.decode(Channel.TRACES, text)).isEqualTo(positions);
        assertThat(text).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void fitsTheReasonOfACloseFrameForOnePartition() {
        assertThat(LiveCursor.encode(Channel.TRACES, new long[] {Long.MAX_VALUE}))
                .hasSizeLessThan(30);
    }

    @Test
    void belongsToItsChannel() {
        String text = LiveCursor.encode(Channel.TRACES, new long[] {5});

        assertInvalid(Channel.METRICS, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "?", "AQ", "AgEF", "AQGA", "AQGAgICAgICAgICAAQ", "AQEF AQEF"})
    void refusesWhatItNeverWrote(String text) {
        assertInvalid(Channel.TRACES, text);
    }

    @Test
    void refusesWhatIsTooLong() {
        String text = Base64.getUrlEncoder()
                .encodeToString(
                        ByteBuffer.allocate(10_000).put((byte) 1).put((byte) 1).array());

        assertInvalid(Channel.TRACES, text);
    }

    private static void assertInvalid(Channel channel, String text) {
        assertThatThrownBy(() -> LiveCursor.decode(channel, text))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_CURSOR));
    }
}
