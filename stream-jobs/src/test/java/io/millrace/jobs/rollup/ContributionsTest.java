package io.millrace.jobs.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ContributionsTest {
    private static final UUID PROJECT = new UUID(1, 2);
    /** 2026-11-20T12:00:00Z. */
    private static final long NOON = 1_795_176_000L;

    private final Contributions contributions = new Contributions();

    /** A tool's call that ended at noon. */
    private void add(String name) {
        add(name, false);
    }

    private void add(String name, boolean failed) {
        contributions.span(
                PROJECT,
                new SpanContribution(
                        NOON * 1_000_000_000L,
                        "test",
                        SpanKind.TOOL,
                        "",
                        "",
                        name,
                        "",
                        "",
                        failed,
                        false,
                        false,
                        5_000_000,
                        null,
                        null,
                        0),
                1);
    }

    /** Spans by name, in the cube of names. */
    private Map<String, Long> operations() {
        Map<String, Long> spans = new HashMap<>();
        contributions.drain((window, value) -> count(window, value, spans));
        return spans;
    }

    private static void count(SeriesWindow window, WindowValue value, Map<String, Long> spans) {
        if (window.cube() == Cube.OPERATION) {
            spans.put(window.dims().get(0), value.spans());
        }
    }

    @Test
    void thatSomethingFailedIsKnownUntilItIsHandedOut() {
        add("fine");
        assertThat(contributions.hasFailed()).isFalse();
        add("broken", true);
        add("fine");

        assertThat(contributions.hasFailed()).isTrue();
        assertThat(contributions.spans()).isEqualTo(3);
        assertThat(operations()).isEqualTo(Map.of("fine", 2L, "broken", 1L));
        assertThat(contributions.hasFailed()).isFalse();
        assertThat(contributions.spans()).isZero();
    }

    @Test
    void aSeriesHasItsStoredNameFromTheStart() {
        add("plain");
        add("with\0nul");
        add("x".repeat(256));

        Map<String, Long> spans = operations();

        assertThat(spans).hasSize(3).containsEntry("plain", 1L).containsEntry("with\uFFFDnul", 1L);
        assertThat(spans.keySet())
                .allSatisfy(name ->
                        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(255));
        assertThat(spans.keySet()).anySatisfy(name -> assertThat(name).startsWith("x".repeat(240) + "\u2026"));
    }

    @Test
    void longNamesApartInWhatIsKeptOfThemStayApart() {
        add("x".repeat(300) + "a");
        add("x".repeat(300) + "b");

        assertThat(operations().values()).containsExactly(1L, 1L);
    }

    /** A row keeps a thousand characters: what differs beyond them is one series there, and so here. */
    @Test
    void namesEqualAfterTheCutAreOneSeriesInEveryCube() {
        add("x".repeat(1_000) + "a");
        add("x".repeat(1_000) + "b");
        add("nul\0");
        add("nul\uFFFD");

        Map<SeriesWindow, WindowValue> series = new HashMap<>();
        contributions.drain((window, value) -> assertThat(series.put(window, value))
                .as("one value for each series")
                .isNull());

        for (Cube cube : List.of(Cube.OPERATION, Cube.JOINT)) {
            assertThat(series.entrySet())
                    .filteredOn(entry -> entry.getKey().cube() == cube)
                    .extracting(entry -> entry.getValue().spans())
                    .containsExactly(2L, 2L);
        }
    }

    @Test
    void aModelCallThatFailedWithoutUsageIsARequestOfItsModel() {
        modelCall(false, true, Usage.of(new long[] {100, 0, 0, 0, 0, 0, 20, 0, 0, 0}));
        modelCall(true, false, null);
        // It wraps the first one, or says nothing of its usage: who can tell.
        modelCall(false, false, null);

        contributions.drain((window, value) -> {
            if (window.cube() == Cube.MODEL) {
                assertThat(value.spans()).isEqualTo(3);
                assertThat(value.requests()).isEqualTo(2);
                assertThat(value.requestErrors()).isEqualTo(1);
                assertThat(value.latency().count()).isEqualTo(2);
                assertThat(value.counted()).isEqualTo(1);
            }
        });
    }

    private void modelCall(boolean error, boolean counted, Usage usage) {
        contributions.span(
                PROJECT,
                new SpanContribution(
                        NOON * 1_000_000_000L,
                        "test",
                        SpanKind.LLM,
                        "openai",
                        "o4-mini",
                        "chat o4-mini",
                        "",
                        "",
                        error,
                        counted,
                        false,
                        5_000_000,
                        usage,
                        null,
                        0),
                1);
    }
}
