package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeardownTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void closesTheLastFirstAndEachOnce() {
        var teardown = Teardown.atExit();
        teardown.add("first", () -> closed.add("first"));
        teardown.add("second", () -> closed.add("second"));

        teardown.close();
        teardown.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void aFailingPartDoesNotKeepTheOthersOpen() {
        var teardown = Teardown.atExit();
        teardown.add("first", () -> closed.add("first"));
        teardown.add("second", () -> {
            throw new IllegalStateException("on purpose");
        });

        teardown.close();

        assertThat(closed).containsExactly("first");
    }

    @Test
    void whatComesTooLateIsClosedAtOnce() {
        var teardown = Teardown.atExit();
        teardown.close();

        assertThatThrownBy(() -> teardown.add("late", () -> closed.add("late")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(closed).containsExactly("late");
    }
}
