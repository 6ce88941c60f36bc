package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpTest {
    private static final long AN_HOUR = 3_600_000_000_000L;

    @Test
    void asksAPartUntilNothingKeepsIt() throws Exception {
        Deque<List<String>> answers =
                new ArrayDeque<>(List.of(List.of("no key known", "no log"), List.of("no log"), List.of()));

        Up.awaitReady("it", System.nanoTime() + AN_HOUR, answers::removeFirst);

        assertThat(answers).isEmpty();
    }

    @Test
    void saysWhatIsMissingWhenTheTimeIsUp() {
        assertThatThrownBy(
                        () -> Up.awaitReady("the API", System.nanoTime() - 1, () -> List.of("no windows", "no table")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the API is not ready: no windows; no table");
    }
}
